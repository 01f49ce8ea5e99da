"""What the simulated parties say: invented sentences of everyday hotline talk, in the ten service languages."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, tuple[str, ...]]] = {
    "zh": (
        "您好，请问您现在在什么位置？",
        "请告诉我出了什么事情，有没有人受伤。",
        "我们马上为您登记，请不要挂断电话。",
        "好的，请翻译一下，让他把证件准备好。",
    ),
    "en": (
        "Hello, I need some help, please.",
        "I lost my passport on the metro this morning.",
        "Could you tell me where the nearest hospital is?",
        "My hotel is near the river, next to the museum.",
    ),
    "ja": (
        "すみません、 ちょっと おねがい します。",
        "くうこうに いきたい のですが、 みちが わかりません。",
        "ともだちが びょうきに なりました。",
        "えきの ちかくに います。",
    ),
    "ko": (
        "여보세요, 도움이 필요합니다.",
        "지하철에서 가방을 잃어버렸어요.",
        "가까운 병원이 어디에 있습니까?",
        "저는 기차역 앞에 있습니다.",
    ),
    "fr": (
        "Bonjour, j'ai besoin d'aide, s'il vous plaît.",
        "Je voudrais prolonger mon titre de séjour.",
        "Mon mari s'est blessé à la jambe.",
        "Nous sommes devant la gare du sud.",
    ),
    "de": (
        "Guten Tag, ich brauche bitte Hilfe.",
        "Meine Tochter hat hohes Fieber.",
        "Ich habe mein Paket noch nicht bekommen.",
        "Wir wohnen in der Nähe des Parks.",
    ),
    "ru": (
        "Здравствуйте, мне нужна помощь.",
        "У нас в квартире пахнет дымом.",
        "Скажите, пожалуйста, как заплатить за воду.",
        "Я нахожусь возле университета.",
    ),
    "es": (
        "Buenos días, necesito ayuda, por favor.",
        "He perdido la cartera en un taxi.",
        "Quisiera preguntar por mi permiso de trabajo.",
        "Estoy delante del mercado central.",
    ),
    "ar": (
        "مرحبا، أحتاج إلى المساعدة من فضلك.",
        "ضاعت حقيبتي في المطار.",
        "أريد أن أسأل عن تأشيرة الدخول.",
        "أنا أمام الفندق الكبير.",
    ),
    "pt": (
        "Bom dia, preciso de ajuda, por favor.",
        "Perdi o meu telefone no autocarro.",
        "Gostaria de saber o horário do serviço.",
        "Estou perto da estação central.",
    ),
}
