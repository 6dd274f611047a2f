"""XML that others sent, without DTDs, entities and external references."""

from desk.wire import Undecodable

MAX_XML = 64 * 1024


def fields(body: bytes) -> dict[str, str]:
    """The text of each element right below the root, by its name in lower case: capitals vary.

    Raises Undecodable for what is no XML that we take.
    """
    # Not above, as the webhook function imports this module cold and hardly ever needs it.
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    if len(body) > MAX_XML:
        raise Undecodable(f"XML of {len(body)} bytes, more than {MAX_XML}")
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise Undecodable(f"no XML that we take: {type(error).__name__}") from None
    fields: dict[str, str] = {}
    for child in root:
        fields.setdefault(child.tag.lower(), child.text or "")
    return fields
