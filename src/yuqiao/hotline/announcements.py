"""What a desk may have said to one party or to all: each hears it in its own language, beside the conversation. Pure.

Nothing of it is recorded in the mix, for it is played to each leg alone.
"""

from __future__ import annotations

from typing import Final

#: The sentences of this module's own; further prompts may be announced, see `ANNOUNCEMENTS`.
SPOKEN: Final[dict[str, dict[str, str]]] = {
    "slowly": {
        "zh": "请慢慢说，一次一两句，便于口译。",
        "en": "Please speak slowly, one or two sentences at a time.",
        "ja": "ゆっくり、一、二文ずつお話しください。",
        "ko": "한 번에 한두 문장씩 천천히 말씀해 주십시오.",
        "fr": "Veuillez parler lentement, une ou deux phrases à la fois.",
        "de": "Bitte sprechen Sie langsam, ein bis zwei Sätze auf einmal.",
        "ru": "Пожалуйста, говорите медленно, по одной-две фразы.",
        "es": "Por favor, hable despacio, una o dos frases cada vez.",
        "ar": "يرجى التحدث ببطء، جملة أو جملتين في كل مرة.",
        "pt": "Por favor, fale devagar, uma ou duas frases de cada vez.",
    },
    "one_voice": {
        "zh": "请一次只由一人讲话。",
        "en": "Please speak one at a time.",
        "ja": "お一人ずつお話しください。",
        "ko": "한 분씩 말씀해 주십시오.",
        "fr": "Veuillez parler chacun à votre tour.",
        "de": "Bitte sprechen Sie nacheinander.",
        "ru": "Говорите, пожалуйста, по очереди.",
        "es": "Por favor, hablen de uno en uno.",
        "ar": "يرجى أن يتحدث شخص واحد في كل مرة.",
        "pt": "Por favor, fale um de cada vez.",
    },
    "ending_soon": {
        "zh": "通话即将结束，请先说要点。",
        "en": "This call will end soon. Please say what matters most.",
        "ja": "まもなく通話を終了します。要点をお話しください。",
        "ko": "통화가 곧 종료됩니다. 중요한 내용을 먼저 말씀해 주십시오.",
        "fr": "L’appel se termine bientôt. Veuillez dire l’essentiel.",
        "de": "Das Gespräch endet bald. Bitte sagen Sie das Wichtigste zuerst.",
        "ru": "Разговор скоро закончится. Пожалуйста, скажите самое важное.",
        "es": "La llamada terminará pronto. Por favor, diga lo más importante.",
        "ar": "ستنتهي المكالمة قريبًا. يرجى ذكر الأهم.",
        "pt": "A chamada termina em breve. Por favor, diga o mais importante.",
    },
}
#: Another spelling for a synthesizer, as `prompts.SPEECH`.
SPEECH: Final[dict[str, dict[str, str]]] = {
    "slowly": {"ja": "ゆっくり いちぶんか にぶんずつ おはなし ください。"},
    "one_voice": {"ja": "おひとりずつ おはなし ください。"},
    "ending_soon": {"ja": "まもなく つうわを しゅうりょう します。ようてんを おはなし ください。"},
}
#: What may be announced, in the order of the list on the desk.
ANNOUNCEMENTS: Final = ("slowly", "one_voice", "hold", "replacing", "lost", "ending_soon")
