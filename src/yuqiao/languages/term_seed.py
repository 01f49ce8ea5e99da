"""A small seed of terms of our own: medical, police, legal, travel; an office's official list comes before it."""

from __future__ import annotations

# ruff: noqa: E501 (one line a term reads as the table it is)

SOURCE = "平台自编"
#: In the order of the columns below.
LANGUAGES = ("en", "ja", "ko", "fr", "de", "ru", "es", "ar", "pt")
#: (domain, Chinese, then one word for each of `LANGUAGES`).
SEED: tuple[tuple[str, ...], ...] = (
    ("medical", "救护车", "ambulance", "救急車", "구급차", "ambulance", "Krankenwagen", "машина скорой помощи", "ambulancia", "سيارة إسعاف", "ambulância"),
    ("medical", "急诊", "emergency department", "救急外来", "응급실", "urgences", "Notaufnahme", "отделение неотложной помощи", "urgencias", "قسم الطوارئ", "serviço de urgência"),
    ("medical", "过敏", "allergy", "アレルギー", "알레르기", "allergie", "Allergie", "аллергия", "alergia", "حساسية", "alergia"),
    ("medical", "胸痛", "chest pain", "胸痛", "흉통", "douleur thoracique", "Brustschmerzen", "боль в груди", "dolor torácico", "ألم في الصدر", "dor no peito"),
    ("medical", "糖尿病", "diabetes", "糖尿病", "당뇨병", "diabète", "Diabetes", "сахарный диабет", "diabetes", "داء السكري", "diabetes"),
    ("medical", "高血压", "high blood pressure", "高血圧", "고혈압", "hypertension artérielle", "Bluthochdruck", "повышенное артериальное давление", "hipertensión arterial", "ارتفاع ضغط الدم", "hipertensão arterial"),
    ("medical", "处方", "prescription", "処方箋", "처방전", "ordonnance", "Rezept", "рецепт", "receta médica", "وصفة طبية", "receita médica"),
    ("police", "报警", "to call the police", "警察に通報する", "경찰에 신고하다", "appeler la police", "die Polizei rufen", "вызвать полицию", "llamar a la policía", "إبلاغ الشرطة", "chamar a polícia"),
    ("police", "派出所", "police station", "派出所", "파출소", "commissariat de police", "Polizeiwache", "отделение полиции", "comisaría de policía", "مركز الشرطة", "esquadra de polícia"),
    ("police", "盗窃", "theft", "窃盗", "절도", "vol", "Diebstahl", "кража", "hurto", "سرقة", "furto"),
    ("police", "诈骗", "fraud", "詐欺", "사기", "escroquerie", "Betrug", "мошенничество", "estafa", "احتيال", "fraude"),
    ("police", "交通事故", "traffic accident", "交通事故", "교통사고", "accident de la route", "Verkehrsunfall", "дорожно-транспортное происшествие", "accidente de tráfico", "حادث مروري", "acidente de viação"),
    ("police", "护照", "passport", "パスポート", "여권", "passeport", "Reisepass", "паспорт", "pasaporte", "جواز سفر", "passaporte"),
    ("police", "签证", "visa", "ビザ", "비자", "visa", "Visum", "виза", "visado", "تأشيرة", "visto"),
    ("rescue", "火灾", "fire", "火災", "화재", "incendie", "Brand", "пожар", "incendio", "حريق", "incêndio"),
    ("rescue", "煤气泄漏", "gas leak", "ガス漏れ", "가스 누출", "fuite de gaz", "Gasleck", "утечка газа", "fuga de gas", "تسرب غاز", "fuga de gás"),
    ("legal", "劳动合同", "employment contract", "労働契約", "근로계약", "contrat de travail", "Arbeitsvertrag", "трудовой договор", "contrato de trabajo", "عقد عمل", "contrato de trabalho"),
    ("legal", "律师", "lawyer", "弁護士", "변호사", "avocat", "Rechtsanwalt", "адвокат", "abogado", "محامٍ", "advogado"),
    ("legal", "押金", "deposit", "保証金", "보증금", "caution", "Kaution", "залог", "fianza", "مبلغ التأمين", "caução"),
    ("travel", "地铁站", "metro station", "地下鉄の駅", "지하철역", "station de métro", "U-Bahn-Station", "станция метро", "estación de metro", "محطة مترو", "estação de metro"),
    ("travel", "失物招领", "lost and found", "遺失物取扱所", "분실물 센터", "objets trouvés", "Fundbüro", "бюро находок", "objetos perdidos", "مكتب المفقودات", "perdidos e achados"),
    ("travel", "退税", "tax refund", "税金の還付", "세금 환급", "détaxe", "Steuerrückerstattung", "возврат налога", "devolución de impuestos", "استرداد الضريبة", "reembolso de impostos"),
    ("general", "投诉", "complaint", "苦情", "민원", "réclamation", "Beschwerde", "жалоба", "queja", "شكوى", "reclamação"),
    ("general", "咨询", "enquiry", "問い合わせ", "문의", "demande de renseignements", "Anfrage", "консультация", "consulta", "استفسار", "pedido de informação"),
)  # fmt: skip
