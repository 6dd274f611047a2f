"""What messages say that pages do not: a text for each kind of matter that fits an SMS; digests.

An address of the desk has some 113 characters. Of two parts of an SMS, 134 units for Chinese and
Ukrainian, about twenty are left.
"""

from collections.abc import Mapping
from string import Template

from desk.pages.texts import PageLanguage

WORDS: Mapping[PageLanguage, Mapping[str, str]] = {
    "zh-Hans": {
        "draft": "有回复待您确认",
        "help": "有人需要真人",
        "doubt": "回复发出与否存疑",
        "held": "有回复被拦下",
        "spike": "话题声量异常",
        "opportunity": "有值得参与的话题",
        "note": "请您留意",
        "short": "$brand：$what",
        "digest": "$brand：有 $n 件事等您处理",
        "digest_short": "$n 件事等您处理",
        "more": "另有 $n 件在等，处理后会再发给您。",
    },
    "zh-Hant": {
        "draft": "有回覆待您確認",
        "help": "有人需要真人",
        "doubt": "回覆發出與否存疑",
        "held": "有回覆被攔下",
        "spike": "話題聲量異常",
        "opportunity": "有值得參與的話題",
        "note": "請您留意",
        "short": "$brand：$what",
        "digest": "$brand：有 $n 件事等您處理",
        "digest_short": "$n 件事等您處理",
        "more": "另有 $n 件在等，處理後會再發給您。",
    },
    "en": {
        "draft": "An answer waits for your yes",
        "help": "Somebody needs a person",
        "doubt": "Was our answer posted? Please look",
        "held": "An answer was stopped",
        "spike": "A topic is unusually loud",
        "opportunity": "A moment is worth joining",
        "note": "For your attention",
        "short": "$brand: $what",
        "digest": "$brand: waiting for you: $n",
        "digest_short": "Waiting for you: $n",
        "more": "More are waiting: $n. They follow in the next messages.",
    },
    "uk": {
        "draft": "Чекає відповідь",
        "help": "Потрібна людина",
        "doubt": "Чи опубліковано?",
        "held": "Відповідь спинено",
        "spike": "Тема дуже гучна",
        "opportunity": "Є слушна нагода",
        "note": "До вашої уваги",
        "short": "$brand: $what",
        "digest": "$brand: чекають на вас: $n",
        "digest_short": "Чекають на вас: $n",
        "more": "Ще чекають: $n. Надійдуть у наступних повідомленнях.",
    },
}


def word(language: PageLanguage, key: str, /, **values: str) -> str:
    """The text of that key with its variables filled in; KeyError for a key that is none."""
    return Template(WORDS[language][key]).substitute(values)
