"""`repartee audit`: the whole path of an item, by any of its names."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import typer

from cli import target
from cli.audit import audit, path_of
from cloud import store
from desk.approval import token_hash
from desk.outbound import Reply, reply_id
from desk.timeline import Moment
from tests.records import BRAND, LINK, after, draft, escalation, matter, mention

pytestmark = pytest.mark.usefixtures("a_draft")
At = Callable[[datetime], None]


def path(item: str) -> list[Moment]:
    found = path_of(BRAND, item, after(30))
    assert found is not None
    return found


@pytest.fixture
def answered(decide: Any, at: At) -> None:
    """Lin hands it on, Yijun approves other words, and they are posted."""
    store.log(BRAND, escalation().id, after(0), "t9", "step 1 of 3: asked lin")
    decide("hand_on", to="yijun", reason="您来看")
    at(after(6))
    decide("approve", token=LINK, text="您好，十点打烊。")
    ready = store.reply(BRAND, "line:conversation", draft().id)
    assert isinstance(ready, Reply)
    sent = ready.model_copy(
        update={"state": "sent", "token": "t8", "claimed_at": after(7), "sent_at": after(7.1),
                "tries": 1, "platform_id": "4711", "reason": "posted"}
    )  # fmt: skip
    assert store.move(ready, sent)


@pytest.mark.usefixtures("answered")
def test_the_path_is_told_in_the_order_in_which_it_went() -> None:
    told = [moment.what for moment in path(mention().id)]
    wanted = ["said", "heard", "read", "decided", "made", "put before people", "asked",
              "hand on", "approve", "claimed", "is sent"]  # fmt: skip
    places = [told.index(what) for what in wanted]
    assert places == sorted(places)


@pytest.mark.usefixtures("answered")
def test_it_has_the_reasons_in_words_who_did_what_both_texts_and_the_platforms_id() -> None:
    moments = {moment.what: moment for moment in path(mention().id)}
    assert moments["decided"].words == ("Rule ask-hours applies (answer it).",)
    assert moments["approve"].facts | {} == {
        "by": "lin", "link": token_hash(LINK)[:12], "to": "", "scope": "",
        "proposed": draft().text, "text": "您好，十点打烊。", "reason": "",
    }  # fmt: skip
    assert moments["hand on"].facts["to"] == "yijun"
    assert moments["is sent"].facts["on the platform"] == "4711"
    assert moments["is sent"].words == ("The platform took it.",)
    lines = [one.facts["line"] for one in path(mention().id) if one.what == "noted"]
    assert "resolved by lin: Approved by lin." in lines


@pytest.mark.usefixtures("answered")
@pytest.mark.parametrize("item", [mention().id, escalation().id, token_hash(LINK)])
def test_any_name_of_an_item_leads_to_the_same_path(item: str) -> None:
    assert path(item) == path(mention().id)


def test_an_answer_is_found_by_its_own_id(decide: Any) -> None:
    about = mention(id="line:other", conversation="line:elsewhere")
    store.add_mention(about, b"")
    name = reply_id("line", about.id, about.decision.script)
    store.add_reply(draft(id=name, mention=about.id, conversation=about.conversation))
    assert [one.facts["reply"] for one in path(name) if one.what == "made"] == [name]


def test_what_was_in_vain_is_told_as_such(decide: Any) -> None:
    decide("reject")
    [(act, _)] = store.acts_of(BRAND, escalation().id)
    store.note_late(act)
    assert "reject, too late to count" in [one.what for one in path(escalation().id)]


@pytest.mark.parametrize("item", ["", "line:nobody", "0" * 24, "0" * 64, "#"])
def test_what_is_not_there_has_no_path(item: str) -> None:
    assert path_of(BRAND, item, after(30)) is None


def test_another_brands_item_has_none() -> None:
    assert path_of("other", mention().id, after(30)) is None
    assert path_of("other", token_hash(LINK), after(30)) is None


def test_an_escalation_about_no_mention_is_told_by_itself() -> None:
    matter = escalation().matter.model_copy(
        update={"kind": "spike", "cause": "spike:漏水", "conversation": "", "mention": ""}
    )
    one = escalation(id="1" * 24, matter=matter)
    store.add_escalation(one)
    assert [moment.what for moment in path("1" * 24)] == ["put before people"]


def test_what_the_platform_sent_is_printed_byte_for_byte(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr(target, "choose", lambda stack, endpoint: None)
    sent = '{"text": "请问几点打烊"}\r\n'.encode()
    store.add_mention(mention(id="line:other"), sent)
    other = escalation(id="other", matter=matter(mention="line:other"))
    store.add_escalation(other)
    audit("other", BRAND, raw=True)
    assert capsysbinary.readouterr().out == sent
    with pytest.raises(typer.Exit):
        audit("nothing", BRAND, raw=True)
