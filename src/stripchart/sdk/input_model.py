"""``InputModel``: a model that a task starts from."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from stripchart.query.models import INPUT, told_name, weights_name
from stripchart.records import ArtifactStored, clean_text
from stripchart.sdk.connecting import enumerated, to_json
from stripchart.sdk.errors import UsageError
from stripchart.sdk.held import name_of, names_of
from stripchart.sdk.model import Model
from stripchart.sdk.seen_models import id_of, texts_of
from stripchart.sdk.session import now_us

if TYPE_CHECKING:
    from stripchart.sdk.task import Task


class InputModel(Model):
    """A model that a task starts from: one that another task made, or one imported from where it lies."""

    def __init__(
        self,
        model_id: str | None = None,
        name: str | None = None,
        project: str | None = None,
        tags: Sequence[str] | None = None,
        only_published: bool = False,
    ) -> None:
        """Find a model by id, or the one saved last that fits.

        Raises:
            ValueError: there is none.
        """
        if not model_id:
            fitting = self.query_models(project, None, tags, only_published)
            named = [model for model in fitting if name is None or model.name == name]
            if not named:
                raise ValueError(f"no task has a model of name {name!r} in project {project!r}")
            model_id = named[0].id
        super().__init__(model_id)

    @classmethod
    def import_model(  # noqa: PLR0917 - the contract's signature
        cls,
        weights_url: str | os.PathLike[str],
        config_text: str | None = None,
        config_dict: Mapping[str, Any] | None = None,
        label_enumeration: Mapping[str, int] | None = None,
        name: str | None = None,
        project: str | None = None,
        tags: Sequence[str] | None = None,
        comment: str | None = None,
        is_package: bool = False,
        create_as_published: bool = False,
        framework: str | None = None,
    ) -> InputModel:
        """Return a model whose weights lie at a URL or path; ``task.connect`` makes it known to a task.

        Nothing is fetched.

        Raises:
            UsageError: both ``config_text`` and ``config_dict`` were given.
        """
        if config_text is not None and config_dict is not None:
            raise UsageError("a model's configuration is config_text or config_dict, not both")
        text = os.fspath(weights_url)
        url = text if "://" in text or not text else os.path.abspath(text)  # noqa: PTH100 - links stay
        file = PurePosixPath(unquote(urlsplit(url).path)).name
        design = to_json(dict(config_dict)) if config_dict is not None else config_text
        model = cls.__new__(cls)
        model._owner, model._role, model._id = None, INPUT, id_of("", INPUT, url)
        model._own = {"url": clean_text(url)} | texts_of(
            {
                "name": name_of(name or PurePosixPath(file).stem or "model"),
                "design": design,
                "labels": None if label_enumeration is None else enumerated(label_enumeration),
                "project": name_of(project) if project else None,
                "tags": names_of(tags) if tags else None,
                "comment": clean_text(comment) if comment else None,
                "package": is_package,
                "published": create_as_published,
                "framework": framework,
            }
        )
        return model

    @classmethod
    def load_model(
        cls, weights_url: str | os.PathLike[str], load_archived: bool = False
    ) -> InputModel | None:
        """Return the model of the home whose weights lie at a URL, ``None`` where there is none."""
        for model in cls.query_models(include_archived=load_archived):
            if model.url == os.fspath(weights_url):
                return cls(model.id)
        return None

    @classmethod
    def empty(
        cls,
        config_text: str | None = None,
        config_dict: Mapping[str, Any] | None = None,
        label_enumeration: Mapping[str, int] | None = None,
    ) -> InputModel:
        """Return a model without weights, for its configuration and labels."""
        return cls.import_model("", config_text, config_dict, label_enumeration)

    def connect(
        self, task: Task, name: str | None = None, ignore_remote_overrides: bool = False
    ) -> None:
        """Say that a task starts from this model; ``name`` is what the task calls it."""
        facts, url, known = self._facts(), self.url or "", self._weights()
        source = self.task
        weights = ArtifactStored(
            time_us=now_us(),
            name=weights_name(INPUT, self._id),
            type=known.type if known else "archive" if facts.pop("package", "") else "custom",
            url=_uri(url),
            size_bytes=known.size_bytes if known else 0,
            hash=known.hash if known else "",
            metadata={"registered": "True"},
        )
        facts.pop("url", None)
        told = facts | texts_of(
            {"source": source, "name": name_of(name) if name else facts.get("name")}
        )
        if url:
            task._append(weights)
        task._append(
            ArtifactStored(time_us=now_us(), name=told_name(INPUT, self._id), metadata=told)
        )
        self._owner, self._role, self._own = task, INPUT, {}


def _uri(url: str) -> str:
    if not url or "://" in url:
        return url
    from pathlib import Path

    return Path(url).as_uri()
