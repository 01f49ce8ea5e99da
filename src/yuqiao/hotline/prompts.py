"""What a caller hears from us, in the ten service languages: short sentences, at most six seconds each.

The sound file of a prompt is ``yuqiao/<language>/<name>.wav``; `sound` gives its name in the engine. Uploaded human
recordings come first; a synthesizer's voice is a labelled placeholder, and reads `SPEECH` where it has an entry.
No deep menus (GB/T 33358): one greeting, one key.
"""

from __future__ import annotations

from collections.abc import Sequence

from yuqiao.languages.catalogue import FOREIGN

#: ``PROMPTS[name][language]`` is the sentence. ``menu`` in Chinese is for a hotline agent who chooses for the caller.
PROMPTS: dict[str, dict[str, str]] = {
    "greeting": {
        "zh": "您好，这里是多语种服务热线。",
        "en": "Hello, this is the city's interpretation line.",
        "ja": "こちらは多言語サービスホットラインです。",
        "ko": "안녕하세요, 다국어 서비스 핫라인입니다.",
        "fr": "Bonjour, vous êtes au service d'interprétation de la ville.",
        "de": "Guten Tag, hier ist der Dolmetschdienst der Stadt.",
        "ru": "Здравствуйте, это служба устного перевода города.",
        "es": "Hola, este es el servicio de interpretación de la ciudad.",
        "ar": "مرحبا، هذا خط الترجمة الفورية للمدينة.",
        "pt": "Olá, este é o serviço de interpretação da cidade.",
    },
    "menu": {
        "zh": "英语1，日语2，韩语3，法语4，德语5，俄语6，西语7，阿语8，葡语9。",
        "en": "For English, press 1.",
        "ja": "日本語は2を押してください。",
        "ko": "한국어는 3번을 누르세요.",
        "fr": "Pour le français, tapez 4.",
        "de": "Für Deutsch drücken Sie die 5.",
        "ru": "Для русского языка нажмите 6.",
        "es": "Para español, pulse 7.",
        "ar": "للغة العربية اضغط 8.",
        "pt": "Para português, prima 9.",
    },
    "connecting": {
        "zh": "正在为您接通译员，请稍候。",
        "en": "Please hold, we are connecting an interpreter.",
        "ja": "通訳におつなぎします。お待ちください。",
        "ko": "통역사를 연결하고 있습니다. 잠시만 기다려 주세요.",
        "fr": "Veuillez patienter, nous appelons un interprète.",
        "de": "Bitte warten Sie, wir verbinden Sie mit einem Dolmetscher.",
        "ru": "Подождите, пожалуйста, мы соединяем вас с переводчиком.",
        "es": "Espere, por favor, le comunicamos con un intérprete.",
        "ar": "يرجى الانتظار، نوصلك بالمترجم.",
        "pt": "Aguarde, por favor, estamos a ligar a um intérprete.",
    },
    "notice": {
        "zh": "通话将录音，不同意请按0。",
        "en": "This call is recorded. To refuse, press 0.",
        "ja": "通話は録音されます。拒否は0を押してください。",
        "ko": "이 통화는 녹음됩니다. 거부하려면 0번을 누르세요.",
        "fr": "Cet appel est enregistré. Pour refuser, tapez 0.",
        "de": "Wir zeichnen auf. Zum Ablehnen die 0 drücken.",
        "ru": "Разговор записывается. Для отказа нажмите 0.",
        "es": "Esta llamada se graba. Si no quiere, pulse 0.",
        "ar": "هذه المكالمة مسجلة. للرفض اضغط 0.",
        "pt": "Esta chamada é gravada. Para recusar, prima 0.",
    },
    "notice_duty": {
        "zh": "本次通话将被录音。",
        "en": "This call is recorded.",
        "ja": "この通話は録音されます。",
        "ko": "이 통화는 녹음됩니다.",
        "fr": "Cet appel est enregistré.",
        "de": "Dieses Gespräch wird aufgezeichnet.",
        "ru": "Разговор записывается.",
        "es": "Esta llamada se graba.",
        "ar": "هذه المكالمة مسجلة.",
        "pt": "Esta chamada é gravada.",
    },
    "not_recorded": {
        "zh": "好的，本次通话不录音。",
        "en": "All right, this call is not recorded.",
        "ja": "録音はいたしません。",
        "ko": "이 통화는 녹음되지 않습니다.",
        "fr": "Entendu, cet appel n'est pas enregistré.",
        "de": "In Ordnung, es wird nicht aufgezeichnet.",
        "ru": "Хорошо, разговор не записывается.",
        "es": "De acuerdo, esta llamada no se graba.",
        "ar": "حسنا، هذه المكالمة غير مسجلة.",
        "pt": "Está bem, esta chamada não é gravada.",
    },
    "taken": {
        "zh": "已由其他译员接听，谢谢您。",
        "en": "A colleague has taken the call. Thank you.",
        "ja": "別の通訳が対応しました。ありがとうございました。",
        "ko": "다른 통역사가 받았습니다. 감사합니다.",
        "fr": "Un collègue a pris l'appel. Merci.",
        "de": "Der Anruf ist schon angenommen. Vielen Dank.",
        "ru": "Звонок уже принят. Спасибо.",
        "es": "Ya contestó otro intérprete. Gracias.",
        "ar": "تولى مترجم آخر المكالمة. شكرا.",
        "pt": "Outro intérprete já atendeu. Obrigado.",
    },
    "released": {
        "zh": "语种有误，已另请译员，谢谢。",
        "en": "The caller speaks another language. Thank you for your help.",
        "ja": "別の言語の方でした。ありがとうございました。",
        "ko": "다른 언어 통역이 필요합니다. 감사합니다.",
        "fr": "Une autre langue est demandée. Merci de votre aide.",
        "de": "Es wird eine andere Sprache gesprochen. Vielen Dank.",
        "ru": "Нужен другой язык. Спасибо за помощь.",
        "es": "Se necesita otro idioma. Gracias por su ayuda.",
        "ar": "المطلوب لغة أخرى. شكرا لمساعدتكم.",
        "pt": "É precisa outra língua. Obrigado pela ajuda.",
    },
    "nobody_free": {
        "zh": "译员正忙，我们会尽快给您回电。",
        "en": "All interpreters are busy. We will call you back soon.",
        "ja": "通訳がふさがっています。まもなく折り返しお電話します。",
        "ko": "모든 통역사가 통화 중입니다. 곧 다시 전화드리겠습니다.",
        "fr": "Tous les interprètes sont occupés. Nous vous rappellerons bientôt.",
        "de": "Alle Dolmetscher sprechen gerade. Wir rufen Sie bald zurück.",
        "ru": "Все переводчики заняты. Мы скоро вам перезвоним.",
        "es": "Todos los intérpretes están ocupados. Le llamaremos pronto.",
        "ar": "جميع المترجمين مشغولون. سنتصل بك قريبا.",
        "pt": "Todos os intérpretes estão ocupados. Ligaremos em breve.",
    },
    "excluded": {
        "zh": "本热线不受理司法和涉密事项，请联系主管机关。",
        "en": "This line cannot serve court or secret matters. Please ask the authority in charge.",
        "ja": "司法や機密の件は扱えません。担当機関にお問い合わせください。",
        "ko": "사법 및 기밀 사항은 지원하지 않습니다. 담당 기관에 문의하세요.",
        "fr": "Cette ligne ne traite ni justice ni secrets. Adressez-vous à l'autorité compétente.",
        "de": "Justiz und Geheimes sind ausgeschlossen. Bitte fragen Sie die zuständige Behörde.",
        "ru": "Судебные и секретные дела не обслуживаются. Обратитесь в компетентный орган.",
        "es": "No atendemos asuntos judiciales ni secretos. Consulte a la autoridad competente.",
        "ar": "لا يخدم هذا الخط الشؤون القضائية أو السرية. يرجى مراجعة الجهة المختصة.",
        "pt": "Não tratamos assuntos judiciais nem secretos. Contacte a autoridade competente.",
    },
    "replacing": {
        "zh": "正在为您接通另一位译员，请继续。",
        "en": "Another interpreter is joining you shortly.",
        "ja": "別の通訳におつなぎします。",
        "ko": "다른 통역사를 연결하고 있습니다.",
        "fr": "Un autre interprète vous rejoint dans un instant.",
        "de": "Ein anderer Dolmetscher kommt gleich dazu.",
        "ru": "Сейчас подключится другой переводчик.",
        "es": "Otro intérprete se unirá enseguida.",
        "ar": "سينضم إليكم مترجم آخر حالا.",
        "pt": "Outro intérprete vai juntar-se já.",
    },
    "callback": {
        "zh": "这里是多语种服务热线，给您回电。",
        "en": "This is the city's interpretation line, calling you back.",
        "ja": "多言語サービスホットラインからの折り返しのお電話です。",
        "ko": "다국어 서비스 핫라인에서 다시 전화드렸습니다.",
        "fr": "Ici le service d'interprétation de la ville, qui vous rappelle.",
        "de": "Hier ist der Dolmetschdienst der Stadt, wir rufen Sie zurück.",
        "ru": "Это служба устного перевода города, мы вам перезваниваем.",
        "es": "Le devuelve la llamada el servicio de interpretación de la ciudad.",
        "ar": "هنا خط الترجمة الفورية للمدينة، نعاود الاتصال بك.",
        "pt": "Fala o serviço de interpretação da cidade, a devolver a chamada.",
    },
    "confirm": {
        "zh": "多语种热线来电，按1接听。",
        "en": "Interpretation line. Press 1 to take the call.",
        "ja": "多言語ホットラインです。1を押してください。",
        "ko": "다국어 핫라인입니다. 1번을 누르세요.",
        "fr": "Service d'interprétation. Tapez 1 pour répondre.",
        "de": "Dolmetschdienst. Drücken Sie die 1.",
        "ru": "Служба перевода. Нажмите 1.",
        "es": "Servicio de interpretación. Pulse 1.",
        "ar": "خط الترجمة الفورية. اضغط 1.",
        "pt": "Linha de interpretação. Prima 1.",
    },
    "scheduled": {
        "zh": "这里是多语种服务热线，为您接通预约的通话。",
        "en": "This is the city's interpretation line with the call you arranged.",
        "ja": "多言語サービスホットラインから、ご予約のお電話です。",
        "ko": "다국어 서비스 핫라인입니다. 예약하신 통화를 연결합니다.",
        "fr": "Ici le service d'interprétation de la ville, pour l'appel convenu.",
        "de": "Hier ist der Dolmetschdienst der Stadt mit dem vereinbarten Gespräch.",
        "ru": "Это служба устного перевода города, ваш заказанный звонок.",
        "es": "Le llama el servicio de interpretación de la ciudad, según lo acordado.",
        "ar": "هنا خط الترجمة الفورية للمدينة، مكالمتكم المحددة.",
        "pt": "Fala o serviço de interpretação da cidade, para a chamada combinada.",
    },
    "outreach": {
        "zh": "这里是多语种服务热线，来电回访。",
        "en": "This is the city's interpretation line, calling to ask how you are.",
        "ja": "多言語サービスホットラインです。お伺いのお電話です。",
        "ko": "다국어 서비스 핫라인입니다. 안부 확인차 전화드렸습니다.",
        "fr": "Ici le service d'interprétation de la ville, pour prendre de vos nouvelles.",
        "de": "Hier ist der Dolmetschdienst der Stadt, wir möchten nachfragen.",
        "ru": "Это служба устного перевода города, мы хотим узнать, как дела.",
        "es": "Le llama el servicio de interpretación de la ciudad para saber cómo está.",
        "ar": "هنا خط الترجمة الفورية للمدينة، نتصل للاطمئنان عليك.",
        "pt": "Fala o serviço de interpretação da cidade, para saber como está.",
    },
    "no_more_calls": {
        "zh": "已记下，今后不再致电。",
        "en": "Noted: we will not call this number again.",
        "ja": "承知しました。今後はお電話しません。",
        "ko": "알겠습니다. 다시 전화드리지 않겠습니다.",
        "fr": "C'est noté : nous ne vous appellerons plus.",
        "de": "Vermerkt: Wir rufen Sie nicht mehr an.",
        "ru": "Записано: больше звонить не будем.",
        "es": "Anotado: no volveremos a llamarle.",
        "ar": "تم التسجيل: لن نتصل مرة أخرى.",
        "pt": "Registado: não voltaremos a ligar.",
    },
    "hold": {
        "zh": "请稍候，不要挂机。",
        "en": "Please stay on the line.",
        "ja": "このままお待ちください。",
        "ko": "끊지 말고 잠시만 기다려 주세요.",
        "fr": "Veuillez rester en ligne.",
        "de": "Bitte bleiben Sie am Apparat.",
        "ru": "Пожалуйста, оставайтесь на линии.",
        "es": "Por favor, no cuelgue.",
        "ar": "يرجى البقاء على الخط.",
        "pt": "Por favor, não desligue.",
    },
    "lost": {
        "zh": "有一方掉线，正在重拨，请稍候。",
        "en": "Somebody was cut off. We are calling back, please wait.",
        "ja": "一人の回線が切れました。かけ直しています。お待ちください。",
        "ko": "한 분의 연결이 끊겼습니다. 다시 걸고 있으니 기다려 주세요.",
        "fr": "Une personne a été coupée. Nous la rappelons, veuillez patienter.",
        "de": "Eine Verbindung ist abgebrochen. Wir rufen zurück, bitte warten Sie.",
        "ru": "Связь с одним из участников прервалась. Мы перезваниваем, подождите.",
        "es": "Se cortó una de las líneas. Estamos llamando de nuevo, espere.",
        "ar": "انقطع أحد الأطراف. نعاود الاتصال به، يرجى الانتظار.",
        "pt": "Uma das ligações caiu. Estamos a ligar de novo, aguarde.",
    },
    "goodbye": {
        "zh": "感谢来电，再见。",
        "en": "Thank you for calling. Goodbye.",
        "ja": "お電話ありがとうございました。",
        "ko": "전화해 주셔서 감사합니다.",
        "fr": "Merci de votre appel. Au revoir.",
        "de": "Danke für Ihren Anruf. Auf Wiederhören.",
        "ru": "Спасибо за звонок. До свидания.",
        "es": "Gracias por su llamada. Adiós.",
        "ar": "شكرا لاتصالك. مع السلامة.",
        "pt": "Obrigado pela sua chamada. Adeus.",
    },
    "survey": {
        "zh": "请为本次服务打分：满意按5，不满意按1。",
        "en": "Please rate this service: from 1, poor, to 5, good.",
        "ja": "サービスの評価を1から5で押してください。5が最高です。",
        "ko": "서비스를 1에서 5까지 평가해 주세요. 5가 최고입니다.",
        "fr": "Notez ce service de 1, mauvais, à 5, très bon.",
        "de": "Bitte bewerten Sie uns von 1, schlecht, bis 5, gut.",
        "ru": "Оцените услугу от 1, плохо, до 5, отлично.",
        "es": "Valore este servicio de 1, malo, a 5, muy bueno.",
        "ar": "قيّم هذه الخدمة من 1 سيئ إلى 5 ممتاز.",
        "pt": "Avalie este serviço de 1, mau, a 5, muito bom.",
    },
    "rated": {
        "zh": "谢谢您的评价。",
        "en": "Thank you for your rating.",
        "ja": "評価をありがとうございます。",
        "ko": "평가해 주셔서 감사합니다.",
        "fr": "Merci de votre avis.",
        "de": "Danke für Ihre Bewertung.",
        "ru": "Спасибо за оценку.",
        "es": "Gracias por su valoración.",
        "ar": "شكرا على تقييمك.",
        "pt": "Obrigado pela sua avaliação.",
    },
}

#: Another spelling for a synthesizer that cannot read ours (Japanese in kana).
SPEECH: dict[str, dict[str, str]] = {
    "greeting": {"ja": "こちらは たげんご サービス ホットライン です。"},
    "menu": {
        "zh": "英语一，日语二，韩语三，法语四，德语五，俄语六，西语七，阿语八，葡语九。",
        "ja": "にほんごは に を おしてください。",
    },
    "connecting": {"ja": "つうやくに おつなぎします。おまちください。"},
    "notice": {
        "zh": "通话将录音，不同意请按零。",
        "ja": "つうわは ろくおん されます。きょひは ぜろを おしてください。",
    },
    "notice_duty": {"ja": "この つうわは ろくおん されます。"},
    "not_recorded": {"ja": "ろくおんは いたしません。"},
    "taken": {"ja": "べつの つうやくが たいおう しました。ありがとう ございました。"},
    "released": {"ja": "べつの げんごの かたでした。ありがとう ございました。"},
    "nobody_free": {"ja": "つうやくが ふさがって います。まもなく おりかえし おでんわ します。"},
    "excluded": {"ja": "しほうや きみつの けんは あつかえません。たんとう きかんに おといあわせ ください。"},
    "callback": {"ja": "たげんご サービス ホットライン からの おりかえし の おでんわ です。"},
    "confirm": {
        "zh": "多语种热线来电，按一接听。",
        "ja": "たげんご ホットライン です。いち を おしてください。",
    },
    "replacing": {"ja": "べつの つうやくに おつなぎします。"},
    "scheduled": {"ja": "たげんご サービス ホットライン から ごよやくの おでんわ です。"},
    "outreach": {"ja": "たげんご サービス ホットライン です。おうかがいの おでんわ です。"},
    "no_more_calls": {"ja": "しょうち しました。こんごは おでんわ しません。"},
    "hold": {"ja": "このまま おまちください。"},
    "lost": {"ja": "かいせんが きれました。かけなおして います。おまちください。"},
    "goodbye": {"ja": "おでんわ ありがとう ございました。"},
    "survey": {
        "zh": "请为本次服务打分：满意按五，不满意按一。",
        "ja": "サービスの ひょうかを 1 から 5 で おしてください。5 が さいこう です。",
    },
    "rated": {"ja": "ひょうかを ありがとう ございます。"},
}

NAMES: tuple[str, ...] = tuple(PROMPTS)


def speech(name: str, language: str) -> str:
    """Return what a synthesizer should read for prompt ``name``; KeyError for one that does not exist."""
    return SPEECH.get(name, {}).get(language, PROMPTS[name][language])


def sound(name: str, language: str) -> str:
    """Return the ARI media URI of prompt ``name``; KeyError for a prompt or language that does not exist."""
    if language not in PROMPTS[name]:
        raise KeyError(f"prompt {name} is not spoken in {language!r}")
    return f"sound:yuqiao/{language}/{name}"


def caller_menu(languages: Sequence[str] = FOREIGN) -> tuple[str, ...]:
    """Return the media URIs of one round of the spoken menu for a foreign caller: each language in its own words, in
    the order given; all of them where none is given."""
    return tuple(sound("menu", code) for code in languages or FOREIGN)
