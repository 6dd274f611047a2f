"""A JSON Schema of a playbook's files, for editors: what belongs where, with what it is for."""

import ast
import inspect
from typing import Any

from cli.playbook_words import FOLLOWING
from desk import playbook
from desk.playbook import Part, Playbook

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """The schema of one file, which may hold any of a playbook's sections.

    Descriptions are those of the models: of a class its docstring, of a field what is below it.
    """
    made = Playbook.model_json_schema()
    definitions = made["$defs"]
    parts = _parts(Part)
    for name, definition in (("Playbook", made), *definitions.items()):
        if name in parts:
            for field, text in _below(parts[name]).items():
                definition["properties"][field].setdefault("description", text)
    for name in FOLLOWING:
        del made["properties"][name]
    made.pop("required")
    made["title"] = "A file of a playbook"
    made["description"] = inspect.cleandoc(playbook.__doc__ or "")
    return {"$schema": DIALECT, **made}


def _parts(part: type[Part]) -> dict[str, type[Part]]:
    """All models that a playbook is made of, by their names."""
    found = {one.__name__: one for one in part.__subclasses__()}
    return found | {name: one for sub in found.values() for name, one in _parts(sub).items()}


def _below(part: type[Part]) -> dict[str, str]:
    """What is written below each field of a model."""
    [body] = ast.parse(inspect.getsource(part)).body
    assert isinstance(body, ast.ClassDef)
    texts = {}
    for field, text in zip(body.body, body.body[1:], strict=False):
        match field, text:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(said))),
            ):
                texts[name] = " ".join(said.split())
    return texts
