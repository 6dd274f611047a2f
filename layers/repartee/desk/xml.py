"""XML that others sent, without DTDs, entities and external references."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk.wire import Undecodable

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_XML = 64 * 1024


def tree(body: bytes, most: int = MAX_XML) -> Element:
    """The root of a document of at most `most` bytes; raises Undecodable for all else."""
    # Not above, as the webhook function imports this module cold and hardly ever needs it.
    from xml.etree.ElementTree import Element, ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    if len(body) > most:
        raise Undecodable(f"XML of {len(body)} bytes, more than {most}")
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise Undecodable(f"no XML that we take: {type(error).__name__}") from None
    if not isinstance(root, Element):
        raise Undecodable("no XML that we take: it has no root")
    return root


def fields(body: bytes) -> dict[str, str]:
    """The text of each element right below the root, by its name in lower case: capitals vary.

    Raises Undecodable for what is no XML that we take.
    """
    fields: dict[str, str] = {}
    for child in tree(body):
        fields.setdefault(child.tag.lower(), child.text or "")
    return fields
