"""What the public rating page says, in the ten service languages. Plain data; the page picks by the caller's language.

Gettext carries the staff's two languages; callers' languages are a fixed list, held complete by a test, as prompts are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class RatingWords:
    """All words of the page in one language; ``scores`` from 1 to 5."""

    title: str
    question: str
    scores: tuple[str, str, str, str, str]
    words: str
    complain: str
    complaint: str
    send: str
    change: str
    thanks: str
    changeable: str
    choose: str
    closed: str
    too_many: str
    no_more: str
    no_more_done: str
    language: str


RATING: Final[dict[str, RatingWords]] = {
    "zh": RatingWords(
        "服务评价", "您对本次口译服务满意吗？", ("很不满意", "不满意", "一般", "满意", "很满意"),
        "您想说的话（可不填）", "我要投诉", "请说明投诉内容", "提交", "修改评价", "谢谢您的评价！",
        "24小时内可以修改。", "请选择一个评分。", "这个链接已失效。", "操作太频繁，请过几分钟再试。",
        "不再给我发消息", "好的，今后不再给您发消息。", "语言",
    ),
    "en": RatingWords(
        "Rate our service", "How was the interpretation service?", ("Very bad", "Bad", "Fair", "Good", "Very good"),
        "Anything you want to tell us (optional)", "I want to complain", "What is your complaint?", "Send",
        "Change my rating", "Thank you for your rating!", "You can change it for 24 hours.", "Please choose a rating.",
        "This link is no longer valid.", "Too many attempts. Please try again in a few minutes.",
        "Send me no more messages", "You will get no more messages from us.", "Language",
    ),
    "ja": RatingWords(
        "サービスの評価", "通訳サービスはいかがでしたか。", ("とても悪い", "悪い", "普通", "良い", "とても良い"),
        "ご意見（任意）", "苦情を申し立てる", "苦情の内容", "送信する", "評価を変更する",
        "評価をありがとうございます。",
        "24時間以内は変更できます。", "評価を選んでください。", "このリンクは無効です。",
        "操作の回数が多すぎます。数分後にもう一度お試しください。", "今後はメッセージを受け取らない",
        "今後メッセージはお送りしません。", "言語",
    ),
    "ko": RatingWords(
        "서비스 평가", "통역 서비스는 어떠셨습니까?", ("매우 나쁨", "나쁨", "보통", "좋음", "매우 좋음"),
        "하고 싶은 말씀(선택)", "불만을 접수하겠습니다", "불만 내용", "보내기", "평가 바꾸기",
        "평가해 주셔서 감사합니다!",
        "24시간 동안 바꿀 수 있습니다.", "점수를 선택해 주십시오.", "이 링크는 더 이상 사용할 수 없습니다.",
        "시도가 너무 많습니다. 몇 분 후 다시 시도해 주십시오.", "메시지 그만 받기",
        "더 이상 메시지를 보내지 않겠습니다.", "언어",
    ),
    "fr": RatingWords(
        "Votre avis", "Comment était le service d’interprétation ?",
        ("Très mauvais", "Mauvais", "Moyen", "Bon", "Très bon"), "Un mot à nous dire (facultatif)",
        "Je veux faire une réclamation", "Votre réclamation", "Envoyer", "Modifier mon avis", "Merci de votre avis !",
        "Vous pouvez le modifier pendant 24 heures.", "Choisissez une note, s’il vous plaît.",
        "Ce lien n’est plus valable.", "Trop de tentatives. Réessayez dans quelques minutes.",
        "Ne plus m’envoyer de messages", "Vous ne recevrez plus de messages de notre part.", "Langue",
    ),
    "de": RatingWords(
        "Ihre Bewertung", "Wie war der Dolmetschdienst?",
        ("Sehr schlecht", "Schlecht", "Mittelmäßig", "Gut", "Sehr gut"),
        "Was möchten Sie uns sagen? (freiwillig)", "Ich möchte mich beschweren", "Ihre Beschwerde", "Senden",
        "Bewertung ändern", "Vielen Dank für Ihre Bewertung!", "Sie können sie 24 Stunden lang ändern.",
        "Bitte wählen Sie eine Bewertung.", "Dieser Link gilt nicht mehr.",
        "Zu viele Versuche. Bitte versuchen Sie es in einigen Minuten noch einmal.", "Keine Nachrichten mehr bekommen",
        "Sie bekommen keine Nachrichten mehr von uns.", "Sprache",
    ),
    "ru": RatingWords(
        "Оценка услуги", "Как вы оцениваете услугу устного перевода?",
        ("Очень плохо", "Плохо", "Удовлетворительно", "Хорошо", "Отлично"),
        "Ваш комментарий (необязательно)", "Я хочу пожаловаться", "Ваша жалоба", "Отправить", "Изменить оценку",
        "Спасибо за оценку!", "Её можно изменить в течение 24 часов.", "Пожалуйста, выберите оценку.",
        "Эта ссылка больше не действует.", "Слишком много попыток. Попробуйте через несколько минут.",
        "Больше не присылать мне сообщений", "Мы больше не будем присылать вам сообщения.", "Язык",
    ),
    "es": RatingWords(
        "Su valoración", "¿Qué le pareció el servicio de interpretación?",
        ("Muy malo", "Malo", "Regular", "Bueno", "Muy bueno"), "¿Quiere decirnos algo? (opcional)",
        "Quiero presentar una queja", "Su queja", "Enviar", "Cambiar mi valoración", "¡Gracias por su valoración!",
        "Puede cambiarla durante 24 horas.", "Elija una valoración, por favor.", "Este enlace ya no es válido.",
        "Demasiados intentos. Inténtelo de nuevo en unos minutos.", "No enviarme más mensajes",
        "No recibirá más mensajes nuestros.", "Idioma",
    ),
    "ar": RatingWords(
        "تقييم الخدمة", "كيف كانت خدمة الترجمة الفورية؟", ("سيئة جدًا", "سيئة", "مقبولة", "جيدة", "ممتازة"),
        "كلمة تود قولها (اختياري)", "أريد تقديم شكوى", "نص الشكوى", "إرسال", "تعديل التقييم", "شكرًا على تقييمك!",
        "يمكنك تعديله خلال 24 ساعة.", "يرجى اختيار تقييم.", "لم يعد هذا الرابط صالحًا.",
        "محاولات كثيرة جدًا. يرجى المحاولة مرة أخرى بعد بضع دقائق.",
        "لا ترسلوا لي رسائل أخرى", "لن تصلك رسائل أخرى منا.",
        "اللغة",
    ),
    "pt": RatingWords(
        "A sua avaliação", "Como foi o serviço de interpretação?",
        ("Muito mau", "Mau", "Razoável", "Bom", "Muito bom"), "O que nos quer dizer? (facultativo)",
        "Quero apresentar uma reclamação", "A sua reclamação", "Enviar", "Alterar a avaliação",
        "Obrigado pela sua avaliação!", "Pode alterá-la durante 24 horas.", "Escolha uma avaliação, por favor.",
        "Este link já não é válido.", "Demasiadas tentativas. Tente de novo dentro de alguns minutos.",
        "Não me enviem mais mensagens", "Não receberá mais mensagens nossas.", "Idioma",
    ),
}  # fmt: skip
