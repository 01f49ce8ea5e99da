"""The topics a city begins with; supervisors change them afterwards."""

from django.db import migrations

TOPICS = [
    ("旅行出行", "Travel", [("交通", "Transport"), ("住宿", "Accommodation"), ("景点", "Sights"), ("失物", "Lost property")]),
    ("安全治安", "Safety", [("治安", "Police matters"), ("火灾", "Fire"), ("交通事故", "Road accident"), ("诈骗", "Fraud")]),
    ("医疗健康", "Medical", [("急救", "First aid"), ("就医", "Seeing a doctor"), ("用药", "Medicines"), ("防疫与疫苗", "Epidemics and vaccines")]),
    ("签证居留", "Visas and residence", [("签证", "Visas"), ("居留许可", "Residence permits"), ("住宿登记", "Registering one's address"), ("海关", "Customs")]),
    ("政务证照", "Government services", [("证照", "Certificates"), ("税务", "Taxes"), ("社保", "Social insurance"), ("驾驶证", "Driving licences")]),
    ("商务消费", "Business and shopping", [("消费维权", "Consumer rights"), ("银行与支付", "Banks and payment"), ("企业事务", "Companies"), ("会展", "Fairs")]),
    ("教育生活", "Education and daily life", [("入学", "Schools"), ("租房", "Renting"), ("水电气网", "Water, power, network"), ("快递", "Parcels")]),
    ("法律劳动", "Law and work", [("法律咨询", "Legal advice"), ("劳动用工", "Employment"), ("婚姻家庭", "Family")]),
    ("其他", "Other", []),
]


def seed(apps, schema_editor):
    Topic = apps.get_model("hotline", "Topic")
    for place, (zh, en, below) in enumerate(TOPICS):
        parent = Topic.objects.create(name_zh=zh, name_en=en, place=place)
        Topic.objects.bulk_create(
            Topic(parent=parent, name_zh=name_zh, name_en=name_en, place=n) for n, (name_zh, name_en) in enumerate(below)
        )


class Migration(migrations.Migration):
    dependencies = [('hotline', '0016_wrap_ups')]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
