"""The texts of Beijing's form of 2023: goals, what came of them, and remarks, as the source has them (S138)."""

from __future__ import annotations

from typing import Final

from yuqiao.samples.tables import StrandText

BEGINNING: Final = "2023年该项目将"
WEBSITES: Final = StrandText(
    "网站译文抽查",
    "通过定期抽查北京市政府国际版门户网站和服贸会网站译文质量，促进网站服务能力提升，完善首都一站式网上国际化服务总平台，"
    "为北京国际交往中心建设提供支撑和保障。通过委托专业翻译机构和组织专家的方式，抽查网站译文质量，"
    "及时反馈网站译文存在的问题和改进意见，推动改善网站外文内容质量，优化面向外资企业和外国人的服务水平。",
    "通过定期抽查北京市政府国际版门户网站和服贸会网站译文质量，促进网站服务能力提升，完善首都一站式网上国际化服务总平台，"
    "为北京国际交往中心建设提供支撑和保障。委托中译语通公司，抽查网站首页、“投资在北京、工作在北京、生活在北京、留学在北京、"
    "旅游在北京”等五大版块的政策信息、市领导新闻动态、重大活动、市情介绍、政府机构介绍，"
    "及时反馈网站译文存在的问题和改进意见，推动改善网站外文内容质量，优化面向外资企业和外国人的服务水平。",
)
HOTLINE: Final = StrandText(
    "多语言电话翻译",
    "为110、120、999、12345、119等公共服务热线提供英、法、德、俄、西、日、韩、阿8个语种（其中英语24小时，"
    "其他语种8小时/日）多语言电话翻译服务，解决在京外籍人士出行、安全、就医等方面的沟通困难，提升城市国际化服务水平。",
    "发挥高校服务社会职能，通过政府购买服务方式定向委托北京外国语大学为全市紧急热线和公共服务热线提供必要的高质量电话翻译服务，"
    "解决在京外籍人士出行、安全、就医等方面的沟通困难，提升城市国际化服务水平。",
)
REGULATION: Final = StrandText(
    "《条例》宣传",
    "此外，该项目将围绕《北京市国际交往语言环境建设条例》内容和各单位工作成果，以《条例》实施周年为节点，"
    "以《条例》实施工作为抓手，开展成果推广展示，进一步引导党政机关、企事业单位和个人等更多主体参与相关工作，"
    "营造共建共治共享国际交往语言环境的良好氛围。",
    "宣传《北京市国际交往语言环境建设条例》，制播《条例》实施一周年宣传视频和系列短视频。"
    "发挥外语标识纠错小程序作用，开展线上线下外语标识纠错活动。",
)
SIGNS: Final = StrandText(
    "外语标识监测",
    "通过组织外语标识监测，采集标识图片，由专家团队研判评估，编制各区外语标识正确率排名，编写监测评估报告，"
    "指导相关单位开展错误标识整改。",
    "通过三方比价确定供应商，组织开展重点公共场所外语标识监测，采集标识图片，由专家团队研判评估、编制各区标识正确率排名，"
    "撰写外语标识监测评估报告，并向相关单位发文落实整改，为精准开展标识用语整改工作提供指导。",
)
STRANDS: Final = (WEBSITES, HOTLINE, REGULATION, SIGNS)
GOAL: Final = BEGINNING + "".join(one.goal for one in STRANDS)
ACHIEVED: Final = "2023年，" + "".join(one.achieved for one in STRANDS)

#: The three remarks of the last column, which the source has on another page than their rows (S5).
CANCELLED: Final = "因工作计划和宣传方式调整，取消此活动，并调减相关预算"
STARTED_LATE: Final = "合同流程办完已过8月，纠错项目实际启动较晚"
HANDED_IN_AGAIN: Final = "半年总结已提交，实际结算时又完善更新提交了一版阶段性报告（含半年总结）。"
#: Beijing published a form and no report; these two sections of ours are invented, so that the report is whole.
SECTIONS: Final = {
    "content": "本项目包括网站译文抽查、多语言电话翻译、《条例》宣传和外语标识监测，委托供应商实施，按合同验收付款。",
    "experience": "以记录为据：来电、反馈表、图片、活动和视频逐项登记，完成值由记录汇总得出，佐证随时可查（示例）。",
}
