"""The language of filters: what it means, and what is said of one that is wrong."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stripchart.query.filter_text import FilterError, parse, quoted
from stripchart.query.filters import Facts, fits, mentions_archived, number_of

DAY_US = 86_400_000_000
NOW_US = 20_000 * DAY_US + DAY_US // 2
TASK = Facts(
    texts={"name": "ResNet 50 (big)", "id": "ab12", "project": "vision/CIFAR", "user": "ann",
           "host": "n1", "status": "in_progress", "type": "training", "comment": "", "parent": ""},
    tags=["Baseline", "two words"],
    quantities={"iteration": 1000, "attempts": 2, "lost": 0, "duration": 7200_000_000,
                "started": NOW_US - 2 * DAY_US, "updated": NOW_US},
    parameters={"General/lr": "1e-2", "General/opt": "Adam", "Args/my x": "3", "Net/opt": "sgd"},
    metrics={("train/loss", "x"): {"last": 0.4, "min": 0.25, "min_iteration": 700, "count": 9},
             ("acc", "val"): {"last": 0.9, "max": 0.95},
             ("a.max", "s p"): {"last": 5.0}},
)  # fmt: skip


def found(text: str) -> bool:
    return fits(parse(text, now_us=NOW_US), TASK, lambda p, t: bool(re.search(p, t, re.I)))


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "resnet", '"50 (BIG)"', "baseline cifar ab12", "not vgg", "not not resnet",
        "vgg or resnet", "vgg and x or resnet", "(vgg or resnet) and ann or user:ann",
        "status:running", "status:failed,running", "status!=failed", 'name:"resnet 50 (big)"',
        'name=="ResNet 50 (big)"', "not name==resnet", 'name~"^res.*\\(big\\)$"', "name!~vgg", "name~res(net|t)",
        "project:vision", "project:VISION/cifar", "not project:visio", "project!=nlp",
        "tag:baseline", 'tag:"two words"', "tag~two", "tag:*", "tag!=x", "not tag==baseline",
        "host:*", "not comment:*", 'comment==""', "user:bob,ann",
        "started>-3d", "started<-1d", "not started>-1d", "started:*", "not ended:*", "not ended>2000-01-01",
        "updated=today", "updated>=now", 'started<"2026-11-01T10:00:00+02:00"',
        "duration>1h59m", "duration<=7200", "duration>=2h", "duration:2h", "not duration>1w",
        "iteration>=1e3", "iteration:1,1000", "iteration!=1", "attempts>1", "lost:0", "archived:false",
        "param.lr:0.01", "param.General/lr<=.01", "param.General/lr==1e-2", "not param.General/lr==0.01",
        'param."Args/my x"=3', 'param.Args/"my x">2', "param.opt:SGD", "param.opt:adam", "param.opt~^ad",
        "param.lr:*", "not param.momentum:*", "not param.momentum!=3", "param.General/opt!=sgd", "param.lr!~7",
        "metric.train/loss<0.5", 'metric."train/loss"<0.5', 'metric."train/loss"/x.min=0.25', "metric.acc/val.max>.9",
        "metric.acc>0.8", "metric.train/loss.min_iteration:700", "metric.train/loss.count>=9", 'metric."a.max"/"s p"=5',
        "not metric.none<1", "not metric.none>=1", "not metric.acc.min:*", "metric.acc:*", "metric.acc!=3",
        "NOT vgg AND resnet OR nothing",
    ],
)  # fmt: skip
def test_what_fits(text: str) -> None:
    assert found(text)
    assert not found(f"not ({text.strip() or 'resnet'})")


@pytest.mark.parametrize(
    ("text", "position", "expected"),
    [
        ("foo:bar", 0, "one of name"), ("resnet foo:bar", 7, "one of name"), ("status:runing", 7, "a status"),
        ("(a", 2, "')'"), ("a)", 1, "the end"), ("a or", 4, "a term"), ("or a", 0, "a term"), ("()", 1, "a term"),
        ("not", 3, "a term"), ("name:", 5, "a value"), ("name:a,", 7, "a value"), ("iteration>x", 10, "a number"),
        ("iteration~3", 9, "one of : ="), ("started>tomorrow", 8, "a date"), ("started>2026-13-01", 8, "a date"),
        ("duration>2hh", 9, "a duration"), ("archived:maybe", 9, "true or false"), ('"abc', 0, "a closing quote"),
        ("name~[", 5, "a regular expression"), ("metric.<3", 7, "the title"), ("metric.loss", 11, "one of : ="),
        ("metric.loss<abc", 12, "a number"), ("param.<3", 6, "the name"),
        ("param.lr<abc", 9, "a number"), ("a and and b", 6, "a term"), ("name>3", 4, "one of : ="),
        ("(" * 100, 40, "at most 40"), ("a " * 400, 600, "at most 300"), ("x" * 30_000, 20_000, "a filter of at most"),
        ("iteration:1,2<3", 12, "a number"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(text: str, position: int, expected: str) -> None:
    with pytest.raises(FilterError) as wrong:
        parse(text, now_us=NOW_US)
    assert (wrong.value.position, wrong.value.expected.startswith(expected)) == (position, True)
    assert f"character {position + 1} " in str(wrong.value)


@given(st.text(max_size=60))
def test_whatever_is_typed_is_a_filter_or_an_error_in_it(text: str) -> None:
    position = 0
    try:
        parse(text, now_us=NOW_US)
    except FilterError as error:
        position = error.position
    assert 0 <= position <= len(text)


@given(st.text(max_size=20))
def test_what_is_quoted_is_read_back(text: str) -> None:
    task = Facts(texts=dict.fromkeys(("name", "project", "id"), ""), parameters={f"s/{text}": text})
    filter_text = f"param.{quoted('s/' + text)}=={quoted(text)}"
    assert fits(parse(filter_text, now_us=0), task, lambda p, t: False)


def test_only_plain_numbers_are_numbers() -> None:
    assert [number_of(t) for t in ("1", "-1.5e3", ".5", "5.", " 7 ")] == [1, -1500, 0.5, 5, 7]
    assert {number_of(t) for t in ("nan", "inf", "True", "1_0", "0x1", "", "1,5", "١")} == {None}


def test_who_speaks_of_archived() -> None:
    for text, speaks in (("archived:true", True), ("a or not (b archived:no)", True), ("a", False)):
        assert mentions_archived(parse(text, now_us=0)) is speaks
