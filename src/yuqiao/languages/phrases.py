"""Phrase cards: sentences that nearly every call needs, in all ten languages, for an interpreter's desk. Plain data.

Short, polite and unambiguous over a telephone; addressed to an adult one does not know. Grouped as a call goes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

#: Codes in the order of each phrase's sentences.
ORDER: Final = ("zh", "en", "ja", "ko", "fr", "de", "ru", "es", "ar", "pt")


@dataclass(frozen=True, slots=True)
class Phrase:
    """One sentence: what it is for (``opening``, ``flow``, ``urgent``, ``facts``, ``closing``), and how it is said."""

    group: str
    said: tuple[str, ...]

    def to(self, code: str) -> str:
        """Return the sentence in a service language; ValueError for any other."""
        return self.said[ORDER.index(code)]


GROUPS: Final = ("opening", "flow", "urgent", "facts", "closing")

_TABLE: Final = """
opening
您好，我是您的口译员。
Hello, I am your interpreter.
こんにちは。通訳を担当いたします。
안녕하십니까, 통역을 맡은 통역사입니다.
Bonjour, je suis votre interprète.
Guten Tag, hier ist der Dolmetschdienst.
Здравствуйте, я ваш переводчик.
Hola, soy su intérprete.
مرحبًا، معك خدمة الترجمة الفورية.
Olá, fala o serviço de interpretação.

opening
双方说的话，我都会如实口译，不增不减。
I will interpret everything that is said, adding nothing and leaving nothing out.
双方のお話を、何も加えず、何も省かず、すべて通訳します。
양쪽의 말씀을 더하거나 빼지 않고 모두 통역하겠습니다.
J’interpréterai tout ce qui sera dit, sans rien ajouter ni omettre.
Ich dolmetsche alles, was gesagt wird. Ich füge nichts hinzu und lasse nichts weg.
Я буду переводить всё, что говорится, ничего не добавляя и не пропуская.
Interpretaré todo lo que se diga, sin añadir ni omitir nada.
سأترجم كل ما يقال دون زيادة أو نقصان.
Vou interpretar tudo o que for dito, sem acrescentar nem omitir nada.

opening
本次通话正在录音。
This call is being recorded.
この通話は録音されています。
이 통화는 녹음되고 있습니다.
Cet appel est enregistré.
Dieses Gespräch wird aufgezeichnet.
Этот разговор записывается.
Esta llamada se está grabando.
يجري تسجيل هذه المكالمة.
Esta chamada está a ser gravada.

flow
请讲慢一点，一次说一两句。
Please speak slowly, one or two sentences at a time.
ゆっくり、一、二文ずつお話しください。
한 번에 한두 문장씩 천천히 말씀해 주십시오.
Parlez lentement, s’il vous plaît, une ou deux phrases à la fois.
Bitte sprechen Sie langsam, immer nur ein bis zwei Sätze.
Говорите, пожалуйста, медленно, по одному-два предложения за раз.
Hable despacio, por favor, una o dos frases cada vez.
من فضلك تكلّم ببطء، جملة أو جملتين في كل مرة.
Fale devagar, por favor, uma ou duas frases de cada vez.

flow
请再说一遍。
Please say that again.
もう一度おっしゃってください。
다시 한번 말씀해 주십시오.
Veuillez répéter, s’il vous plaît.
Bitte wiederholen Sie das.
Повторите, пожалуйста.
Repítalo, por favor.
من فضلك كرِّر ما قلته.
Repita, por favor.

flow
我听不清，请大声一点。
I cannot hear you well. Please speak up.
よく聞こえません。もう少し大きな声でお願いします。
잘 들리지 않습니다. 조금 더 크게 말씀해 주십시오.
Je vous entends mal. Parlez plus fort, s’il vous plaît.
Ich höre Sie schlecht. Bitte sprechen Sie lauter.
Я вас плохо слышу. Говорите громче, пожалуйста.
No oigo bien. Hable más alto, por favor.
لا أسمعك جيدًا. من فضلك ارفع صوتك.
Não estou a ouvir bem. Fale mais alto, por favor.

flow
请稍等，不要挂断。
Please wait a moment and do not hang up.
電話を切らずに、少々お待ちください。
끊지 마시고 잠시만 기다려 주십시오.
Veuillez patienter un instant et ne raccrochez pas.
Bitte warten Sie einen Moment und legen Sie nicht auf.
Подождите, пожалуйста, и не кладите трубку.
Espere un momento, por favor, y no cuelgue.
من فضلك انتظر لحظة ولا تقطع الاتصال.
Aguarde um momento, por favor, e não desligue.

urgent
您现在在哪里？
Where are you now?
今どこにいらっしゃいますか。
지금 어디에 계십니까?
Où êtes-vous en ce moment ?
Wo sind Sie gerade?
Где вы сейчас находитесь?
¿Dónde está usted ahora?
أين أنت الآن؟
Onde está neste momento?

urgent
您附近有什么建筑物、路牌或地铁站？
What buildings, street signs or metro stations are near you?
近くにどんな建物、通りの名前の標識、地下鉄の駅がありますか。
근처에 어떤 건물이나 도로명 표지판, 지하철역이 있습니까?
Quels bâtiments, plaques de rue ou stations de métro y a-t-il près de vous ?
Welche Gebäude, Straßenschilder oder U-Bahn-Stationen sind in Ihrer Nähe?
Какие здания, таблички с названием улицы или станции метро есть рядом с вами?
¿Qué edificios, letreros de calles o estaciones de metro hay cerca de usted?
ما المباني أو لافتات الشوارع أو محطات المترو القريبة منك؟
Que edifícios, placas de rua ou estações de metro há perto de si?

urgent
有人受伤或生病吗？
Is anybody hurt or ill?
けがをした人や具合の悪い人はいますか。
다치거나 아픈 사람이 있습니까?
Y a-t-il quelqu’un de blessé ou de malade ?
Ist jemand verletzt oder krank?
Кто-нибудь ранен или болен?
¿Hay alguien herido o enfermo?
هل هناك شخص مصاب أو مريض؟
Há alguém ferido ou doente?

urgent
这个人有意识吗？有呼吸吗？
Is the person conscious? Is the person breathing?
その人に意識はありますか。呼吸はしていますか。
그 사람은 의식이 있습니까? 숨을 쉬고 있습니까?
La personne est-elle consciente ? Est-ce qu’elle respire ?
Ist die Person bei Bewusstsein? Atmet sie?
Этот человек в сознании? Он дышит?
¿La persona está consciente? ¿Respira?
هل الشخص واعٍ؟ هل يتنفس؟
A pessoa está consciente? Está a respirar?

urgent
救护车已经出发。
The ambulance is on its way.
救急車がそちらへ向かっています。
구급차가 출발했습니다.
L’ambulance est en route.
Der Krankenwagen ist unterwegs.
Скорая помощь уже выехала.
La ambulancia está en camino.
سيارة الإسعاف في طريقها إليكم.
A ambulância está a caminho.

urgent
警察已经出发。
The police are on their way.
警察がそちらへ向かっています。
경찰이 출발했습니다.
La police est en route.
Die Polizei ist unterwegs.
Полиция уже выехала.
La policía está en camino.
الشرطة في طريقها إليكم.
A polícia está a caminho.

urgent
请到安全的地方去。
Please go to a safe place.
安全な場所へ移動してください。
안전한 곳으로 이동해 주십시오.
Mettez-vous en lieu sûr, s’il vous plaît.
Bitte gehen Sie an einen sicheren Ort.
Пожалуйста, перейдите в безопасное место.
Vaya a un lugar seguro, por favor.
من فضلك انتقل إلى مكان آمن.
Vá para um lugar seguro, por favor.

facts
请告诉我您的姓名，并逐个字母拼写。
Please tell me your name and spell it letter by letter.
お名前を教えてください。つづりも一文字ずつお願いします。
성함을 말씀해 주시고 한 글자씩 철자를 불러 주십시오.
Quel est votre nom ? Épelez-le, s’il vous plaît.
Wie heißen Sie? Bitte buchstabieren Sie Ihren Namen.
Назовите, пожалуйста, ваше имя и продиктуйте его по буквам.
Dígame su nombre y deletréelo letra por letra, por favor.
من فضلك قل لي اسمك وتهجَّه حرفًا حرفًا.
Diga-me o seu nome e soletre-o letra a letra, por favor.

facts
您的电话号码是多少？
What is your telephone number?
お電話番号は何番ですか。
전화번호가 어떻게 되십니까?
Quel est votre numéro de téléphone ?
Wie lautet Ihre Telefonnummer?
Какой у вас номер телефона?
¿Cuál es su número de teléfono?
ما رقم هاتفك؟
Qual é o seu número de telefone?

facts
您随身带着护照吗？
Do you have your passport with you?
パスポートをお持ちですか。
여권을 가지고 계십니까?
Avez-vous votre passeport sur vous ?
Haben Sie Ihren Reisepass bei sich?
У вас с собой паспорт?
¿Lleva consigo su pasaporte?
هل جواز سفرك معك؟
Tem o passaporte consigo?

facts
您对什么药物过敏吗？
Are you allergic to any medicine?
薬のアレルギーはありますか。
약물 알레르기가 있습니까?
Êtes-vous allergique à un médicament ?
Sind Sie gegen ein Medikament allergisch?
Есть ли у вас аллергия на какие-либо лекарства?
¿Tiene alergia a algún medicamento?
هل لديك حساسية تجاه أي دواء؟
Tem alergia a algum medicamento?

closing
我现在为您转接负责的部门。
I am now connecting you to the department in charge.
これから担当部署におつなぎします。
지금 담당 부서로 연결해 드리겠습니다.
Je vous mets en relation avec le service compétent.
Ich verbinde Sie jetzt mit der zuständigen Stelle.
Сейчас я соединю вас с ведомством, которое этим занимается.
Ahora le comunico con el departamento responsable.
سأوصلك الآن بالإدارة المختصة.
Vou agora transferir a chamada para o serviço responsável.

closing
还有什么可以帮您的吗？
Is there anything else we can do for you?
ほかにお手伝いできることはありますか。
더 도와 드릴 일이 있으십니까?
Pouvons-nous faire autre chose pour vous ?
Können wir noch etwas für Sie tun?
Мы можем помочь вам чем-нибудь ещё?
¿Podemos ayudarle en algo más?
هل يمكننا مساعدتك في شيء آخر؟
Podemos ajudar em mais alguma coisa?

closing
感谢来电，再见。
Thank you for calling. Goodbye.
お電話ありがとうございました。失礼いたします。
전화해 주셔서 감사합니다. 안녕히 계십시오.
Merci de votre appel. Au revoir.
Danke für Ihren Anruf. Auf Wiederhören.
Спасибо за звонок. До свидания.
Gracias por llamar. Adiós.
شكرًا على اتصالك. مع السلامة.
Agradecemos a sua chamada. Adeus.
"""


def _read(table: str) -> tuple[Phrase, ...]:
    """Return the phrases of a table: group and sentences a line each, an empty line between two."""
    blocks = (block.splitlines() for block in table.strip().split("\n\n"))
    return tuple(Phrase(group, tuple(said)) for group, *said in blocks)


PHRASES: Final = _read(_TABLE)
