"""What a message with a link to rate a call says, in the ten service languages: one short SMS each. Plain data."""

from __future__ import annotations

from typing import Final

#: {link} is the page's address.
MESSAGE: Final[dict[str, str]] = {
    "zh": "多语种服务热线：请为刚才的口译服务打分 {link}",
    "en": "Interpretation line: how was our service? Rate it here: {link}",
    "ja": "多言語ホットライン：先ほどの通訳サービスの評価をお願いします {link}",
    "ko": "다국어 핫라인: 방금 받으신 통역 서비스를 평가해 주세요 {link}",
    "fr": "Service d'interprétation : donnez votre avis sur notre service {link}",
    "de": "Dolmetschdienst: Wie war unser Service? Hier bewerten: {link}",
    "ru": "Служба устного перевода: оцените, пожалуйста, нашу работу {link}",
    "es": "Servicio de interpretación: valore nuestra atención aquí: {link}",
    "ar": "خط الترجمة الفورية: قيّم خدمتنا من هنا {link}",
    "pt": "Serviço de interpretação: avalie o nosso atendimento aqui: {link}",
}
SUBJECT: Final[dict[str, str]] = {
    "zh": "请为我们的服务打分",
    "en": "How was our service?",
    "ja": "サービスの評価のお願い",
    "ko": "서비스 평가를 부탁드립니다",
    "fr": "Votre avis sur notre service",
    "de": "Wie war unser Service?",
    "ru": "Оцените нашу работу",
    "es": "Valore nuestra atención",
    "ar": "كيف كانت خدمتنا؟",
    "pt": "Avalie o nosso atendimento",
}
