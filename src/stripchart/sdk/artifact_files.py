"""Write objects of a script to files and read them back: one function a kind of object.

Pickles are read here, in the script that asks for one, and nowhere else: the server never loads any.
"""

from __future__ import annotations

import glob
import gzip
import json
import pickle
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stripchart.records import clean_text
from stripchart.sdk.errors import UsageError

MOST_PREVIEW = 16 << 10  # characters
_ROWS_SHOWN = 20
_WILDCARDS = "*?["

Write = Callable[[Path], None]


@dataclass(frozen=True, slots=True)
class Form:
    """Say how an object becomes a file: kind, ending, writer, what is shown of it.

    ``source`` is the user's own file where the object is one; nothing is written then.
    """

    kind: str
    suffix: str
    write: Write | None
    preview: str = ""
    source: Path | None = None


class UnfitExtension(ValueError):
    """Raised where an object of a kind has no form of that extension; it has one without."""


def form_of(
    thing: Any, *, extension: str, auto_pickle: bool, sort_keys: bool, preview: str
) -> Form:
    """Choose how an object is kept.

    Raises:
        UsageError: it is a path where nothing lies, or it can only be pickled and must not be.
        ValueError: an object of its kind is not kept under this extension; see ``UnfitExtension``.
    """
    for choose in (_path, _array, _frame, _image, _plain):
        form = choose(thing, extension, sort_keys)
        if form is not None:
            break
    else:
        if not auto_pickle:
            raise UsageError(
                f"a {type(thing).__name__} can only be pickled, and auto_pickle is off"
            )
        form = _pickled(thing, extension)
    shown = preview or form.preview
    return Form(form.kind, form.suffix, form.write, clean_text(shown)[:MOST_PREVIEW], form.source)


def by_function(thing: Any, extension: str, serialize: Callable[[Any], Any], preview: str) -> Form:
    """Keep what the user's own function makes of an object."""

    def write(path: Path) -> None:
        made = serialize(thing)
        path.write_bytes(made.encode() if isinstance(made, str) else bytes(made))

    return Form("custom", extension, write, preview or _shown(thing))


def _path(thing: Any, extension: str, _sort: bool) -> Form | None:
    if isinstance(thing, str):
        is_name = len(thing) < 4096 and "\n" not in thing and "\0" not in thing
        path = Path(thing) if is_name and thing else None
    else:
        path = thing if isinstance(thing, Path) else None
    if path is not None:
        if path.is_file():
            size = path.stat().st_size
            return Form(
                "custom",
                "".join(path.suffixes[-2:]),
                None,
                f"{path.name} - {size} bytes",
                path.absolute(),
            )
        if path.is_dir():
            files = sorted(p for p in path.rglob("*") if p.is_file())
            return _archive(files, path)
        if any(sign in str(path) for sign in _WILDCARDS):
            found = glob.glob(str(path), recursive=True)  # noqa: PTH207 - patterns may be absolute
            files = sorted(p for p in map(Path, found) if p.is_file())
            if files:
                return _archive(files, _root_of(path))
    if isinstance(thing, Path):
        raise UsageError(f"there is no file or folder {str(thing)!r}")
    if isinstance(thing, str):
        return Form("string", extension or ".txt", lambda to: _write_text(to, thing), thing)
    return None


def _root_of(pattern: Path) -> Path:
    parts: list[str] = []
    for part in pattern.parts[:-1]:
        if any(sign in part for sign in _WILDCARDS):
            break
        parts.append(part)
    return Path(*parts) if parts else Path()


def _archive(files: Iterable[Path], root: Path) -> Form:
    listed = list(files)

    def write(to: Path) -> None:
        with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as made:
            for file in listed:
                made.write(file, file.relative_to(root))

    lines = [f"{file.relative_to(root)} - {file.stat().st_size} bytes" for file in listed[:200]]
    return Form("archive", ".zip", write, "\n".join(lines))


def _array(thing: Any, extension: str, _sort: bool) -> Form | None:
    if not is_of(thing, "numpy", "ndarray"):
        return None
    import numpy as np

    preview = (
        f"array of shape {thing.shape}, {thing.dtype}\n{np.array2string(thing, threshold=100)}"
    )
    if extension in ("", ".npz"):
        return Form(
            "numpy", ".npz", lambda to: np.savez(to, array=thing, allow_pickle=True), preview
        )
    if extension == ".csv.gz":

        def write(to: Path) -> None:
            with gzip.open(to, "wt", encoding="utf-8", compresslevel=3) as file:
                np.savetxt(file, thing, delimiter=",")

        return Form("numpy", ".csv.gz", write, preview)
    raise UnfitExtension(f"a NumPy array is kept as .npz or .csv.gz, not as {extension!r}")


def _frame(thing: Any, extension: str, _sort: bool) -> Form | None:
    if not is_of(thing, "pandas", "DataFrame"):
        return None
    writers: dict[str, Write] = {
        ".csv.gz": lambda to: thing.to_csv(to, compression={"method": "gzip", "compresslevel": 3}),
        ".csv": thing.to_csv,
        ".parquet": thing.to_parquet,
        ".feather": thing.to_feather,
        ".pickle": thing.to_pickle,
    }
    # What CSV has no place for keeps its form in a pickle.
    plain = thing.index.nlevels == 1 and thing.columns.nlevels == 1
    suffix = extension or (".csv.gz" if plain else ".pickle")
    if suffix not in writers:
        raise UnfitExtension(f"a DataFrame is kept as {', '.join(writers)}, not as {extension!r}")
    preview = (
        f"{len(thing)} rows, {len(thing.columns)} columns\n{thing.head(_ROWS_SHOWN).to_string()}"
    )
    return Form("pandas", suffix, writers[suffix], preview)


def _image(thing: Any, extension: str, _sort: bool) -> Form | None:
    if not is_of(thing, "PIL.Image", "Image"):
        return None
    if extension:
        from PIL import Image

        if extension.lower() not in Image.registered_extensions():
            raise UnfitExtension(f"Pillow writes no image as {extension!r}")
    preview = f"image of {thing.width} x {thing.height}, {thing.mode}"
    return Form("image", extension or ".png", thing.save, preview)


def _plain(thing: Any, extension: str, sort_keys: bool) -> Form | None:
    """Keep dicts, and lists that JSON gives back as they are, as JSON or YAML."""
    if not isinstance(thing, dict | list) or extension not in ("", ".json", ".yaml", ".yml"):
        return None
    if extension in (".yaml", ".yml"):
        from importlib import import_module

        text = import_module("yaml").safe_dump(thing, sort_keys=sort_keys, allow_unicode=True)
        return Form("YAML", extension, lambda to: _write_text(to, text), text)
    try:
        text = json.dumps(thing, indent=4, sort_keys=sort_keys, ensure_ascii=False)
        if isinstance(thing, list) and json.loads(text) != thing:
            return None
    except (TypeError, ValueError, RecursionError):
        return None
    return Form("JSON", ".json", lambda to: _write_text(to, text), text)


def _pickled(thing: Any, extension: str) -> Form:
    def write(to: Path) -> None:
        with open(to, "wb") as file:
            pickle.dump(thing, file, protocol=pickle.HIGHEST_PROTOCOL)

    return Form("pickle", extension or ".pkl", write, _shown(thing))


def _write_text(path: Path, text: str) -> None:
    path.write_text(clean_text(text), encoding="utf-8", newline="")


def _shown(thing: Any) -> str:
    try:
        return repr(thing)[:MOST_PREVIEW]
    except Exception:  # noqa: BLE001 - a repr of the user's that fails costs a preview, no more
        return f"<{type(thing).__name__}>"


def is_of(thing: Any, module: str, name: str) -> bool:
    """Tell whether a class of this name is among the bases; nothing is imported to find out."""
    return any(
        base.__name__ == name and base.__module__.startswith(module.split(".", maxsplit=1)[0])
        for base in type(thing).__mro__
    )


# -- reading -----------------------------------------------------------------------------------------------------


def load(path: Path, kind: str) -> Any:
    """Return the object that a file was made of; the path where it is a file of the user's own.

    Raises:
        OSError: it cannot be read.
        ValueError: it does not hold what its kind says.
    """
    readers: dict[str, Callable[[Path], Any]] = {
        "numpy": _load_array,
        "pandas": _load_frame,
        "image": _load_image,
        "JSON": lambda p: json.loads(p.read_text("utf-8")),
        "YAML": _load_yaml,
        "string": lambda p: p.read_bytes().decode("utf-8"),
        "pickle": _load_pickle,
    }
    read = readers.get(kind)
    return path if read is None else read(path)


def _load_array(path: Path) -> Any:
    import numpy as np

    if path.name.endswith(".csv.gz"):
        return np.loadtxt(path, delimiter=",")
    with np.load(path, allow_pickle=True) as kept:
        return kept["array"]


def _load_frame(path: Path) -> Any:
    from importlib import import_module

    pandas = import_module("pandas")
    if path.suffix == ".parquet":
        return pandas.read_parquet(path)
    if path.suffix == ".feather":
        return pandas.read_feather(path)
    if path.suffix == ".pickle":
        return pandas.read_pickle(path)
    return pandas.read_csv(path, index_col=0)


def _load_image(path: Path) -> Any:
    from PIL import Image

    with Image.open(path) as image:
        image.load()
        return image


def _load_yaml(path: Path) -> Any:
    from importlib import import_module

    return import_module("yaml").safe_load(path.read_text("utf-8"))


def _load_pickle(path: Path) -> Any:
    with open(path, "rb") as file:
        return pickle.load(file)
