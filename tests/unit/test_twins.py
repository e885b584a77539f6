"""Documents that stand in Chinese and in English say the same: they name each other, their sections and commands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"
TWINS = sorted(path.name.removesuffix(".zh-CN.md") for path in DOCS.glob("*.zh-CN.md"))
ALONE = {"api", "architecture", "benchmarks", "privacy", "rows"}
"""Documents for programmers, and tables of figures and tests: in English only."""


def text_of(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def commands(text: str) -> list[str]:
    """Each ``./pianqu`` command of the code blocks, without options' values and comments."""
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = [line.partition(" #")[0].split("./pianqu ", 1)[-1] for block in blocks for line in block.splitlines()]
    return [" ".join(re.findall(r"(?<!\S)(?:[a-z][a-z-]*|--[a-z-]+)(?!\S)", line)) for line in lines if line.strip()]


def test_every_document_has_a_twin_or_is_known_to_have_none() -> None:
    english = {path.stem for path in DOCS.glob("*.md") if not path.name.endswith(".zh-CN.md")}
    assert english - ALONE == set(TWINS)


@pytest.mark.parametrize("name", TWINS)
def test_twins_name_each_other_and_have_the_same_sections(name: str) -> None:
    english, chinese = text_of(f"{name}.md"), text_of(f"{name}.zh-CN.md")
    assert f"({name}.zh-CN.md" in english.split("\n## ", 1)[0] and f"({name}.md" in chinese.split("\n## ", 1)[0]
    assert english.count("\n## ") == chinese.count("\n## ")


@pytest.mark.parametrize("name", ["campaigns", "import", "operator", "statistics"])
def test_twins_show_the_same_commands_in_the_same_order(name: str) -> None:
    english, chinese = (commands(text_of(f"{name}{end}.md")) for end in ("", ".zh-CN"))
    assert english == chinese and len(english) > 5
