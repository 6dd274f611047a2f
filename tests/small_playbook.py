"""A valid playbook of two rules, to be changed and read by tests."""

from pathlib import Path

import pytest

from cli.playbook_files import PlaybookError, load

FILES = {
    "brand.yaml": """\
name: 茶 Tea
languages: [zh-Hans, en]
accounts: {line: U-own}
dictionary: [云朵杯]
""",
    "people.yaml": """\
approvers:
  lin: {name: 林悦, language: zh-Hans}
policies:
  default:
    steps:
      - {ask: [lin], wait_minutes: 15}
""",
    "rules.yaml": """\
rules:
  - id: hours
    query: 几点开门 OR "what time"
    category: question
    priority: 300
    action: answer
    script: hours
    examples:
      match: [幾點開門, "What time do you open?"]
      leave: [今天好冷]
  - id: leak
    query: 漏水 AND NOT language:en
    category: lid
    priority: 900
    action: escalate
    risk: severe
    examples:
      match: [杯子漏水]
      leave: [杯子好看]
""",
    "scripts.yaml": """\
scripts:
  - id: hours
    variants:
      zh-Hans: ["十点到十点。", "$author 您好，十点。"]
      en: [Ten to ten.]
""",
}


def written(below: Path) -> Path:
    """Its folder, of a brand called tea."""
    made = below / "tea"
    made.mkdir()
    for name, text in FILES.items():
        (made / name).write_text(text, "utf-8")
    return made


def change(folder: Path, file: str, old: str, new: str) -> None:
    """Writes `new` for `old` in one of its files."""
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new), "utf-8")


def problems(folder: Path) -> list[str]:
    """What it is told to be wrong with a folder that is."""
    with pytest.raises(PlaybookError) as caught:
        load(folder)
    return str(caught.value).splitlines()
