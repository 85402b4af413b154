"""The Trainer of Transformers: its log, once, whatever it reports to, and its checkpoints."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.capture.scripts import Lines, lines, models, run, task_named

pytestmark = pytest.mark.heavy
pytest.importorskip("transformers")
pytest.importorskip("accelerate")

SCRIPT = """
import sys
import torch
from transformers import BertConfig, BertForSequenceClassification, Trainer, TrainingArguments
from stripchart import Task
if sys.argv[1] != "clearml":
    task = Task.init("capture", "transformers")
sizes = dict(hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8)
def trainer(folder):
    model = BertForSequenceClassification(BertConfig(vocab_size=20, max_position_embeddings=16, **sizes))
    data = [{"input_ids": torch.randint(0, 20, (4,)), "labels": torch.tensor(i % 2)} for i in range(8)]
    chosen = TrainingArguments(
        output_dir=folder, report_to=sys.argv[1], max_steps=4, logging_steps=1, eval_strategy="steps", eval_steps=2,
        save_steps=2, save_total_limit=1, per_device_train_batch_size=2, use_cpu=True, disable_tqdm=True,
    )
    return Trainer(model, chosen, train_dataset=data, eval_dataset=data)
first = trainer("first")
first.train()
if sys.argv[1] == "none":
    second = trainer("second")
    second.evaluate()
    task.close()
    tell(first=first.state.log_history, second=second.state.log_history)
else:
    tell(first=first.state.log_history)
"""
OF_THE_WHOLE = {
    "total_flos",
    "train_loss",
    "train_runtime",
    "train_samples_per_second",
    "train_steps_per_second",
}


def _expected(history: list[dict[str, float]], suffix: str = "") -> Lines:
    found: Lines = {}
    for entry in history:
        for name, value in entry.items():
            title, _, series = (
                name.partition("_") if name.startswith("eval_") else ("train", "", name)
            )
            if name not in OF_THE_WHOLE | {"step"}:
                found.setdefault((title + suffix, series), []).append((int(entry["step"]), value))
    return found


def test_the_log_is_recorded_without_any_reporter(tmp_path: Path) -> None:
    told = run(tmp_path / "work", SCRIPT, "none")
    task = task_named("transformers")
    assert lines(task) == _expected(told["first"]) | _expected(told["second"], " - 1")
    last = told["first"][-1]
    assert task.get_reported_single_values() == {name: last[name] for name in OF_THE_WHOLE}
    assert models(task) == [
        ("output", "checkpoint-2", "safetensors", "model.safetensors"),
        ("output", "checkpoint-4", "safetensors", "model.safetensors"),
    ]


def test_with_tensorboard_it_comes_once(tmp_path: Path) -> None:
    told = run(tmp_path / "work", SCRIPT, "tensorboard")
    found = lines(task_named("transformers"))
    logged = [(entry["step"], entry["loss"]) for entry in told["first"] if "loss" in entry]
    assert [step for step, _ in found["train", "loss"]] == [step for step, _ in logged]
    values = [value for _, value in logged]
    assert [value for _, value in found["train", "loss"]] == pytest.approx(values)
    assert [step for step, _ in found["eval", "loss"]] == [2, 4]


def test_its_clearml_callback_reports_to_us(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLEARML_PROJECT", "capture")
    monkeypatch.setenv("CLEARML_TASK", "transformers")
    options = ("-m", "stripchart", "run", "--as-clearml")
    told = run(tmp_path / "work", SCRIPT, "clearml", options=options)
    task = task_named("transformers")
    expected = _expected(told["first"])
    del expected["train", "epoch"]  # one number for the whole task, there
    assert lines(task) == expected
    last = told["first"][-1]
    told_once = OF_THE_WHOLE | {"epoch"}
    assert task.get_reported_single_values() == {name: last[name] for name in told_once}
    assert task.get_parameters()["Transformers/max_steps"] == "4"
    assert "hidden_size" in str(task.get_configuration_object("Model Configuration"))
    assert [(m.name, m.iteration) for m in task.models["output"]] == [("checkpoint-4", 4)]
