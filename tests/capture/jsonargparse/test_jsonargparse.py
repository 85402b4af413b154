"""What jsonargparse parses is in the task by dotted names, of functions, classes and configuration files."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.capture.command_lines import parameters

pytest.importorskip("jsonargparse")

CLI = """
from dataclasses import dataclass, field
from pathlib import Path
from stripchart import Task
EARLY
import jsonargparse

class Model:
    def __init__(self, width: int = 8, items: list[int] = [1]): pass

@dataclass
class Options:
    rate: float = 0.1
    betas: tuple[float, float] = (0.9, 0.99)

def fit(options: Options = Options(), model: Model | None = None, steps: int | None = None, path: Path = Path("a")):
    task = Task.init("p", "n")
    assert task.get_parameters(), "known before the training"

def test(x: int = 1): pass
"""
FIT = {
    "config": None,
    "options.rate": 0.1,
    "options.betas": (0.9, 0.99),
    "model": None,
    "steps": None,
    "path": "a",
}


@pytest.mark.parametrize("early", ["", "Task.init('p', 'n')"])
def test_a_function(tmp_path: Path, early: str) -> None:
    code = CLI.replace("EARLY", early) + "jsonargparse.CLI(fit)\n"
    found = parameters(tmp_path, code, "--options.rate", "2", "--steps", "5")
    assert found == FIT | {"options.rate": 2.0, "steps": 5}


def test_a_class_within(tmp_path: Path) -> None:
    code = CLI.replace("EARLY", "") + "jsonargparse.CLI(fit)\n"
    found = parameters(tmp_path, code, "--model", "Model", "--model.width", "3")
    model = {n: v for n, v in found.items() if n.startswith("model")}
    assert model == {
        "model.class_path": "__main__.Model",
        "model.init_args.width": 3,
        "model.init_args.items": [1],
    }


def test_sub_commands(tmp_path: Path) -> None:
    code = CLI.replace("EARLY", "") + "jsonargparse.CLI([fit, test])\n"
    found = parameters(tmp_path, code, "fit", "--options.rate", "2")
    assert found == {
        "config": None,
        "subcommand": "fit",
        **{f"fit.{name}": value for name, value in FIT.items()},
        "fit.options.rate": 2.0,
    }


def test_a_configuration_file_and_a_parser(tmp_path: Path) -> None:
    (tmp_path / "given.yaml").write_text("rate: 0.5\nmodel: {depth: 7}\n")
    code = """
    from stripchart import Task
    from jsonargparse import ArgumentParser
    parser = ArgumentParser()
    parser.add_argument("--config", action="config")
    parser.add_argument("--rate", type=float, default=0.1, help="how fast")
    parser.add_argument("--model.depth", type=int, default=1)
    parser.add_argument("--model.kind", default="a")
    parser.add_argument("--password")
    config = parser.parse_args()
    Task.init("p", "n", auto_connect_arg_parser={"password": False})
    parser.dump(config)
    parser.instantiate_classes(config)
    """
    found = parameters(tmp_path, code, "--config", "given.yaml", "--model.depth", "9")
    assert found == {"config": ["given.yaml"], "rate": 0.5, "model.depth": 9, "model.kind": "a"}


@pytest.mark.heavy
@pytest.mark.parametrize(
    "arguments", ["", "args=['fit', '--trainer.max_steps', '1', '--model.rate', '2']"]
)
def test_lightning_cli(tmp_path: Path, arguments: str) -> None:
    for module in ("lightning", "docstring_parser", "typeshed_client"):
        if find_spec(module) is None:
            pytest.skip(f"{module} is not installed")
    code = f"""
    import warnings; warnings.simplefilter("ignore")
    from stripchart import Task
    from lightning.pytorch.cli import LightningCLI
    from lightning.pytorch.demos.boring_classes import BoringModel, BoringDataModule
    class Model(BoringModel):
        def __init__(self, rate: float = 0.1): super().__init__()
    Task.init("p", "n")
    LightningCLI(Model, BoringDataModule, seed_everything_default=7, save_config_callback=None,
        trainer_defaults=dict(accelerator="cpu", logger=False, enable_checkpointing=False,
                              enable_progress_bar=False, enable_model_summary=False), {arguments})
    """
    line = () if arguments else ("fit", "--trainer.max_steps", "1", "--model.rate", "2")
    found = parameters(tmp_path, code, *line)
    wanted = {
        "subcommand": "fit",
        "fit.seed_everything": 7,
        "fit.trainer.max_steps": 1,
        "fit.trainer.max_epochs": None,
        "fit.trainer.accelerator": "cpu",
        "fit.model.rate": 2.0,
    }
    assert {name: found[name] for name in wanted} == wanted
