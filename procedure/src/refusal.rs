//! Why something may not be done: a stable code, a sentence in both languages, and the article it rests on.
//!
//! A refusal is not an error: nothing broke, the rules said no, and nothing changed.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use serde::{Deserialize, Serialize};

use crate::{
    hearing::{
        phase::{self, Lacking},
        plan::Plan,
    },
    rulebook::Rulebook,
};

/// A refusal as a person reads it and as it travels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentence {
    /// Stable name for programs, such as `floor.not-yours`.
    pub code: String,
    /// The article, in Chinese.
    pub article: String,
    /// The article, in English.
    pub article_en: String,
    /// The sentence, in Chinese.
    pub zh: String,
    /// The sentence, in English.
    pub en: String,
}

macro_rules! refusals {
    ($($name:ident $code:literal $article:literal $zh:literal $en:literal;)*) => {
        /// Why the rules said no.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[expect(clippy::doc_markdown, reason = "each variant is documented by the sentence a person reads")]
        pub enum Refusal {
            $(#[doc = $en] $name,)*
            /// The present phase still lacks what its leaving requires.
            Lacking(Vec<Lacking>),
        }

        impl Refusal {
            /// Stable name for programs.
            #[must_use]
            pub fn code(&self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                    Self::Lacking(lacking) => lacking.first().map_or("phase.lacking", Lacking::code),
                }
            }

            fn template(&self) -> (&'static str, &'static str, &'static str) {
                match self {
                    $(Self::$name => ($article, $zh, $en),)*
                    Self::Lacking(_) => ("15", "", ""),
                }
            }

            /// Every refusal that carries no detail, for the tables in the documentation and the tests.
            pub const PLAIN: &'static [Self] = &[$(Self::$name,)*];
        }
    };
}

refusals! {
    NotASeat "seat.unknown" "6" "本次听证没有这个席位。" "There is no such seat in this hearing.";
    NotAdmitted "roll.not-admitted" "14" "您还没有入席，请等候书记员核对身份后准入。" "You have not been admitted yet; please wait for the clerk.";
    NotWaiting "roll.not-waiting" "14" "该席位没有在等候入席。" "That seat is not waiting to be admitted.";
    AlreadyPresent "roll.already-present" "14" "该席位已经入席。" "That seat has been admitted already.";
    PanelComplete "roll.panel-complete" "15-4" "评议已经开始，不能再增加听证员。" "The panel deliberates; no panellist can join it now.";
    HasLeft "roll.has-left" "14" "已经离席，不能再参加本次听证。" "This seat has left the hearing for good.";
    NotYourPart "seat.not-your-part" "15" "您的身份不能作此项操作。" "Your capacity does not allow this.";
    ChairOnly "seat.chair-only" "13" "此项由主持人决定。" "Only the chair may do this.";
    ClerkOnly "seat.clerk-only" "18" "此项由书记员办理。" "Only the clerk may do this.";
    ClerkOrChairOnly "seat.clerk-or-chair-only" "14" "此项由书记员或者主持人办理。" "Only the clerk or the chair may do this.";
    PanelOnly "seat.panel-only" "15-3" "此项只能由在席听证员进行。" "Only a sitting panellist may do this.";
    PartyOnly "seat.party-only" "15-2" "此项只能由当事人或者其代理人提出。" "Only a party or its agent may do this.";
    Recused "roll.recused" "7" "已经回避，不再参加本次听证。" "This panellist has been recused and takes no further part.";
    ClockOnly "seat.clock-only" "office" "此项由系统自动办理。" "Only the server does this.";

    SegmentOutOfPlace "recording.out-of-place" "office" "录制片段与已有记载不衔接。" "That segment does not follow what is on record of the recording.";

    NotShielded "shield.not-for-that-seat" "office" "只有证人、鉴定人和当事人本人可以不暴露外貌参加听证。" "Only witnesses, experts and the parties themselves can take part without being seen.";
    ShieldUnchanged "shield.unchanged" "office" "现在已经是这样，没有变更。" "It stands like that already; nothing has changed.";

    NothingToCheck "equipment.no-voice" "office" "旁听席位不发言，不需要检测设备。" "This seat only watches: there is no equipment to check.";
    CheckNotNow "equipment.not-now" "office" "您正在听证室内，听证进行中不检测设备，请在休会时检测。" "You sit in a hearing in session; equipment is checked before it or in a break.";
    CheckUnsound "equipment.unsound" "office" "检测结果中的数值不合理，没有保存。" "The numbers of that check cannot be right; it was not kept.";
    TooManyChecks "equipment.too-many" "office" "您已保存{checks_max}次检测结果，不再保存；仍可自行检测。" "The results of {checks_max} checks have been kept; no more are. You can still check for yourself.";

    NotYourOffice "plan.not-your-office" "office" "您的职务不能办理此项。" "Your post does not allow this.";
    ChiefOnly "plan.chief-only" "4" "须由检察长批准。" "Only the chief prosecutor may approve this.";
    NotRegistered "plan.not-registered" "10" "听证尚未登记。" "The hearing has not been registered.";
    AlreadyRegistered "plan.already-registered" "10" "听证已经登记。" "The hearing has been registered already.";
    NoIssues "plan.no-issues" "10" "听证方案应当列明需要听证的问题，最多{issues_max}项。" "The plan must name between one and {issues_max} issues to be heard.";
    IssueTwice "plan.issue-twice" "10" "听证问题的编号重复。" "Two issues carry the same id.";
    IssueUnknown "plan.issue-unknown" "10" "没有这项听证问题。" "There is no such issue in this hearing.";
    MustBeClosed "plan.must-be-closed" "5" "此类案件的听证一般不公开举行，请选择不公开。" "This kind of case is as a rule heard behind closed doors; please choose closed.";
    ClosedNeedsGround "plan.closed-needs-ground" "5" "不公开听证应当写明理由。" "A closed hearing must state its ground.";
    PublicHasGround "plan.public-has-ground" "5" "已写明不公开的理由，不能公开听证。" "A ground for closing was given, so the hearing cannot be public.";
    MinorNeedsClosed "plan.minor-needs-closed" "5" "当事人未满{adult_age}周岁，听证会一般不公开举行，不能设为公开听证。" "A party is under {adult_age}: such a hearing is closed as a rule and cannot be made public.";
    NoObserversWhenClosed "plan.no-observers-when-closed" "5" "不公开听证不安排旁听。" "A closed hearing has no observers.";
    PanellistTooYoung "plan.panellist-too-young" "7" "听证员应当年满{panellist_age_min}周岁。" "A panellist must be at least {panellist_age_min} years old.";
    PanelTooLarge "plan.panel-too-large" "7" "听证员一般不超过{panel_max}人。" "The panel may have at most {panel_max} members.";
    SeatTaken "plan.seat-taken" "10" "该席位已经安排。" "That seat has been taken already.";
    OneChair "plan.one-chair" "13" "主持人只能有一人。" "There can be only one chair.";
    OneClerk "plan.one-clerk" "18" "书记员只能有一人。" "There can be only one clerk.";
    AgentForNobody "plan.agent-for-nobody" "6" "代理人应当写明代理哪一方当事人。" "An agent must name the party it speaks for.";
    WrongSide "plan.wrong-side" "6" "填写的一方与其身份或者所代理的当事人不一致。" "The side given is not that of the capacity, or of the party that the agent speaks for.";
    LeaderMustChair "plan.leader-must-chair" "13" "检察长、部门负责人办理的案件，应当由其本人主持，请安排为主持人。" "Where the chief prosecutor or a department head handles the case, he or she must chair: give the seat of the chair.";
    TooManySeats "plan.too-many-seats" "6" "席位最多{seats_max}个。" "A hearing has at most {seats_max} seats.";
    SeatingClosed "plan.seating-closed" "10" "听证已进入评议，不能再安排席位。" "No seat can be added once the panel deliberates.";
    SeatOnRoll "plan.seat-on-roll" "14" "该席位已有到席或者缺席的记载，不能撤销。" "The roll already speaks of that seat; it cannot be taken back.";
    NobodyToName "plan.nobody-to-name" "10" "告知参加人时应当写明主持人和听证员姓名，请先安排主持人和听证员。" "The notice names the chair and the panel: seat them first.";
    DrawUnreadable "plan.draw-unreadable" "office" "听证员产生方式的记载不完整，无法复核。" "The account of how the panel was drawn is incomplete and cannot be checked.";
    ClosedStaysClosed "plan.closed-stays-closed" "5" "已确定不公开的听证，不能改为公开。" "A hearing that is closed cannot be made public.";
    NeverRemote "plan.never-remote" "office" "涉及国家秘密的案件，不得远程听证。" "A case that touches state secrets cannot be heard remotely.";
    NotApproved "plan.not-approved" "4" "听证尚未经检察长批准。" "The chief prosecutor has not approved this hearing.";
    AlreadyApproved "plan.already-approved" "4" "听证已经批准。" "The hearing has been approved already.";
    NoticeTooLate "plan.notice-too-late" "10" "应当在听证{notice_days}日前告知参加人；时间不足的，须写明理由。" "Participants must be told {notice_days} days before the hearing; a shorter notice needs a reason.";
    NotNotified "plan.not-notified" "10" "尚未告知听证参加人。" "The participants have not been notified.";
    NotPublished "plan.not-published" "10" "公开听证应当发布公告。" "A public hearing needs a public notice.";
    NoNoticeWhenClosed "plan.no-notice-when-closed" "5" "不公开听证不发布公告。" "A closed hearing has no public notice.";
    NotDeclared "plan.not-declared" "7" "听证员尚未声明与本案无利害关系。" "The panellist has not declared to have no interest in the case.";
    TimeUnreadable "plan.time-unreadable" "10" "听证时间无法识别。" "The time of the hearing cannot be read.";
    TimePast "plan.time-past" "10" "听证时间不能早于现在。" "The time of the hearing lies in the past.";
    BadSeatName "plan.bad-seat-name" "office" "席位编号只能用英文字母、数字、连字符和下划线，最多{seat_id_chars_max}个字符。" "A seat id has at most {seat_id_chars_max} letters, digits, hyphens and underscores.";
    TurnTooLong "plan.turn-too-long" "15-2" "每轮发言最短一秒、最长{turn_seconds_max}秒。" "A turn lasts between one and {turn_seconds_max} seconds.";

    NotOpen "phase.not-open" "14" "听证还没有开始。" "The hearing has not opened yet.";
    AlreadyOpen "phase.already-open" "14" "听证已经开始。" "The hearing has opened already.";
    InBreak "phase.in-break" "15" "现在休会，请等候主持人宣布继续。" "The hearing stands in recess; please wait for the chair.";
    NotInBreak "phase.not-in-break" "15" "现在没有休会。" "The hearing is not in recess.";
    Closed "phase.closed" "15" "听证已经结束。" "The hearing is closed.";
    Ended "phase.ended" "15" "听证已经取消。" "The hearing has been cancelled.";
    NotNext "phase.not-next" "15" "应当依次进行，不能越过中间步骤。" "The steps follow in order and none may be skipped.";
    ReopenNeedsReason "phase.reopen-needs-reason" "15" "重新进行前面的步骤，应当说明理由。" "Going back to an earlier step needs a reason.";
    NotReopenable "phase.not-reopenable" "15" "只能重新进行陈述或者提问。" "Only the statements or the questions can be reopened.";
    WrongPhase "phase.wrong-phase" "15" "现在这一步不能作此项操作。" "This cannot be done in the present step.";
    OnlyInWaiting "phase.only-in-waiting" "10" "听证开始以后，不能再改期或者变更方案。" "Date and plan can no longer be changed once the hearing has opened.";
    NoAlarm "phase.no-alarm" "office" "没有到时事项。" "No alarm is due.";
    DeputyNotNamed "roll.deputy-not-named" "13" "没有指定由您代为主持。" "You have not been named as deputy chair.";
    ChairPresent "roll.chair-present" "13" "主持人在席，不需要代为主持。" "The chair is present; no deputy is needed.";
    DeputyMustBeHandler "roll.deputy-must-be-handler" "13" "代为主持的应当是承办检察官。" "The deputy chair must be the handling prosecutor.";

    NoFloor "floor.not-yours" "15-2" "现在没有轮到您发言，请先举手，由主持人请您发言。" "You do not have the floor; please raise your hand and wait for the chair.";
    CannotHoldFloor "floor.cannot-hold" "6" "该席位不能发言。" "That seat cannot be given the floor.";
    NotHolder "floor.not-holder" "15-2" "该席位没有在发言。" "That seat does not hold the floor.";
    HandUp "floor.hand-up" "15-2" "您已经举手，请等候主持人。" "Your hand is up already.";
    HandDown "floor.hand-down" "15-2" "您没有举手。" "Your hand is not up.";
    NoFloorNow "floor.not-now" "15" "现在这一步不安排发言。" "The floor is not given in this step.";

    EmptyText "text.empty" "18" "内容不能为空。" "The text is empty.";
    TextTooLong "text.too-long" "18" "内容过长，最多{text_chars_max}个字，请分次提交。" "The text is too long: {text_chars_max} characters at most.";
    TitleTooLong "text.title-too-long" "18" "名称过长，最多{title_chars_max}个字。" "The title or name is too long: {title_chars_max} characters at most.";
    TextSteers "text.control-characters" "18" "内容含有无法显示的控制字符，请删除后重新提交。" "The text holds control characters that cannot be shown; please take them out.";
    ReasonNeeded "text.reason-needed" "15" "应当说明理由。" "A reason is required.";
    SpeakerUnknown "statement.speaker-unknown" "18" "没有这位发言人，或者其没有在席。" "There is no such speaker in the room.";

    QuestionUnknown "question.unknown" "15-3" "没有这个问题。" "There is no such question.";
    QuestionNotWaiting "question.not-waiting" "15-3" "该问题已经处理。" "The chair has dealt with that question already.";
    QuestionNotAdmitted "question.not-admitted" "15-3" "该问题没有经主持人准许，不需要回答。" "The chair has not admitted that question.";
    QuestionAnswered "question.answered" "15-3" "该问题已经回答。" "That question has been answered already.";
    QuestionNotToYou "question.not-to-you" "15-3" "该问题不是向您提出的。" "That question was not put to you.";
    QuestionToNobody "question.to-nobody" "15-3" "被提问的人没有在席，或者不能被提问。" "The person asked is not in the room or cannot be asked.";
    TooManyQuestions "question.too-many" "15-3" "您还有{questions_open_max}个问题没有处理，请稍候再提。" "You have {questions_open_max} questions waiting; please wait.";

    QuestionOfRecused "question.of-recused" "7" "提问的听证员已经回避，该问题不再提出。" "The panellist who asked has been recused; the question is not put.";

    ExhibitUnknown "exhibit.unknown" "15-1" "没有这份证据材料。" "There is no such exhibit.";
    ExhibitNotYours "exhibit.not-allowed" "15-1" "只有承办检察官、当事人及其代理人可以出示材料。" "Only the handling prosecutor, parties and agents may lay exhibits.";
    ExhibitExcluded "exhibit.excluded" "15-1" "主持人已决定不予出示该材料。" "The chair has excluded that exhibit.";
    ExhibitNotShown "exhibit.not-shown" "15-1" "该材料没有在出示。" "That exhibit is not on the screens.";
    ExhibitPage "exhibit.page" "15-1" "该材料没有这一页。" "The exhibit has no such page.";
    ExhibitFile "exhibit.file" "15-1" "证据材料文件的信息不完整或者有误，请重新上传。" "What is said of the exhibit's file is incomplete or wrong; please upload it again.";
    TooManyExhibits "exhibit.too-many" "15-1" "证据材料最多{exhibits_max}份。" "A hearing has at most {exhibits_max} exhibits.";
    ObjectionTwice "exhibit.objection-twice" "15-2" "您已经对该材料提出异议。" "You have objected to that exhibit already.";

    MotionUnknown "motion.unknown" "15" "没有这项申请。" "There is no such motion.";
    MotionRuled "motion.ruled" "15" "该项申请已经作出决定。" "That motion has been ruled on already.";
    MotionTarget "motion.target" "7" "申请回避应当写明申请何人回避；可以申请回避的是主持人、承办检察官、书记员、听证员、鉴定人和翻译人员。" "A motion for recusal must name whom it concerns: the chair, the handling prosecutor, the clerk, a panellist, an expert or an interpreter.";
    MotionChief "motion.chief-decides" "13" "主持人的回避，由检察长决定，主持人不能自行决定。" "The chair cannot rule on the chair's own recusal; the chief prosecutor decides.";
    MotionCommittee "motion.committee-decides" "13" "检察长的回避，由检察委员会决定，请院领导录入其决定。" "The recusal of the chief prosecutor is for the procuratorial committee; a leader of the office enters its decision.";
    TooManyMotions "motion.too-many" "15" "您还有{motions_open_max}项申请没有决定，请稍候再提。" "You have {motions_open_max} motions waiting; please wait.";

    NotDeliberating "deliberation.not-now" "15-4" "现在没有评议。" "The panel is not deliberating now.";
    TooMuchTalk "deliberation.too-much" "15-4" "评议发言已达{talk_max}条。" "The deliberation has reached {talk_max} lines.";
    OpinionNotNow "opinion.not-now" "15-4" "现在不能提交意见。评议开始后、意见宣读前可以提交。" "Opinion sheets are taken from the deliberation until the opinion is read out.";
    OpinionRead "opinion.read" "15-5" "听证意见已经宣读，不能再修改。" "The opinion has been read out and can no longer be changed.";
    NotSpeaker "opinion.not-speaker" "15-5" "您不是推选的代表，不能宣读听证意见。" "You are not the panellist chosen to read the opinion.";
    SpeakerNotSitting "opinion.speaker-not-sitting" "15-5" "推选的代表应当是在席听证员。" "The speaker must be a sitting panellist.";

    DecisionMade "decision.made" "17" "决定已经宣布。" "The decision has been announced already.";
    ReasonsNeeded "decision.reasons-needed" "17" "当场宣布决定，应当说明理由。" "A decision announced on the spot must give its reasons.";
    ConsentNeeded "decision.consent-needed" "16" "不采纳听证员多数意见的，应当先报请检察长同意。" "Not following the panel's majority needs the chief prosecutor's consent first.";
    ConsentNotYours "decision.consent-not-yours" "16" "只有检察长可以同意不采纳多数意见。" "Only the chief prosecutor may consent to not following the majority.";
    ConsentTooEarly "decision.consent-too-early" "16" "听证员发表意见以后，才能报请同意。" "Consent can be asked for only after the panel has given its opinion.";
    ConsentGiven "decision.consent-given" "16" "检察长已经同意。" "The chief prosecutor has consented already.";

    MediationNotNow "mediation.not-now" "supervision-51" "各方陈述开始以后、主持人总结结束以前，可以调解。" "Mediation is possible from the statements to the summing up.";
    NoSide "mediation.no-side" "civil-99" "调解在申请人一方和被申请人一方之间进行，您的席位不属于任何一方。" "The sides are reconciled with one another; your seat belongs to neither.";
    SideAbsent "mediation.side-absent" "civil-99" "有一方当事人没有人在席，不能调解。" "Nobody of one side is here; there can be no mediation.";
    NotConsented "mediation.not-consented" "civil-99" "调解应当双方自愿；还有在席的当事人没有同意调解。" "Mediation is voluntary: a party who is here has not consented to it.";
    MediationOpen "mediation.open" "supervision-51" "调解已经开始。" "The mediation has been opened already.";
    NotMediating "mediation.not-open" "supervision-51" "现在没有进行调解。" "There is no mediation now.";
    InMediation "mediation.stands" "civil-146" "正在调解，发言和听证程序暂停，请等调解结束。" "The sides are being reconciled; turns and steps stand still until the mediation has ended.";
    NotInCaucus "mediation.not-in-caucus" "civil-146" "您现在没有参加单独会谈。" "You do not sit in a caucus now.";
    TooMuchConfided "mediation.too-much" "civil-146" "单独会谈的发言已达{confided_max}条。" "The caucuses with this side have reached {confided_max} lines.";
    OutcomeUntrue "mediation.outcome-untrue" "civil-100" "调解结果与实际不符：全体当事人签名以后才是达成协议，签名以后不能记为未达成。" "That is not how it stands: the sides have agreed once every party has signed, and only then.";

    OfferUnknown "settlement.unknown" "civil-146" "没有这项方案，或者不是向您提出的。" "There is no such offer or draft, or it is not for you.";
    OfferAnswered "settlement.answered" "online-18" "该项方案已经答复。" "That has been answered already.";
    OfferToOwnSide "settlement.own-side" "online-18" "方案应当向对方或者主持人提出。" "An offer goes to the other side or to the mediator.";
    OfferToNobody "settlement.to-nobody" "online-18" "该当事人没有参加调解。" "That party does not take part in the mediation.";
    TooManyOffers "settlement.too-many" "office" "您提出的方案或者协议文本已达{offers_max}项，不再受理。" "You have made {offers_max} of these; no more are taken.";
    TermsNumber "settlement.terms" "office" "方案应当写明内容，最多{terms_max}项。" "There must be between one and {terms_max} terms.";
    TermTooLong "settlement.term-too-long" "office" "每项内容最多{term_chars_max}个字。" "A term has at most {term_chars_max} characters.";
    AmountOutOfRange "settlement.amount" "office" "金额应当大于零，最多{amount_yuan_max}元。" "An amount is more than nothing and at most {amount_yuan_max} yuan.";
    DueUnreadable "settlement.due" "office" "履行期限应当写成年-月-日，例如2026-12-31。" "The day of performance is written like 2026-12-31.";
    ProposalDeadline "settlement.deadline" "office" "答复期限最短一秒、最长{proposal_seconds_max}秒。" "A proposal may be answered for between one and {proposal_seconds_max} seconds.";
    ProposalOver "settlement.over" "online-18" "该建议方案的答复期限已过，或者已有新的建议方案。" "That proposal can no longer be answered.";
    TooManyBids "settlement.too-many-bids" "office" "每次调解每一方最多出价{bids_max}次。" "A side bids at most {bids_max} times in one mediation.";
    BidsHaveMet "settlement.bids-met" "office" "双方出价已经达成一致，不再出价。" "The bids have met; there is no more bidding.";
    NotSigner "settlement.not-signer" "criminal-498" "和解协议由双方当事人签名，检察人员和其他人员不签名。" "The agreement is signed by its parties; neither prosecutors nor anybody else sign it.";
    SignsItself "settlement.signs-itself" "civil-100" "当事人本人在席，应当由本人签名。" "The party is here and signs itself.";
    DraftSuperseded "settlement.superseded" "online-19" "该协议文本已被新的文本代替，请签署新的文本。" "A newer draft has taken the place of that one; please sign the newer one.";
    AlreadyAgreed "settlement.agreed" "online-19" "和解协议已经生效。" "The agreement is effective already.";

    LineUnknown "record.line-unknown" "18" "笔录没有这一行。" "The record has no such line.";
    LineFixed "record.line-fixed" "18" "这一行是系统记载的程序事项，没有可以更正的文字。" "This line was written by the system and holds no words to correct.";
    TooManyCorrections "record.too-many-corrections" "18" "您还有{corrections_open_max}项更正申请没有处理，请稍候再提。" "You have {corrections_open_max} requests for correction waiting; please wait.";
    CorrectionUnknown "record.correction-unknown" "18" "没有这项更正申请。" "There is no such request for correction.";
    CorrectionRuled "record.correction-ruled" "18" "该项更正申请已经处理。" "That request has been ruled on already.";
    NotSigning "record.not-signing" "18" "现在没有核对签名。" "The record is not being signed now.";
    AlreadySigned "record.already-signed" "18" "您已经签名，不能再次签名、申请更正或者拒绝签名。" "You have signed already, and can neither sign again nor ask for a correction nor refuse any more.";
    NoSignature "record.no-signature" "18" "您的席位不需要签名。" "Your seat does not sign the record.";
    RecordChanged "record.changed" "18" "笔录在您核对以后有更正，请核对现在的内容，再签名。" "The record was corrected since you read it. Please read it as it stands now, then sign.";
    SignatureEmpty "record.signature-empty" "18" "没有签名：请在方框内手写签名，或者提交签好的页面。" "There is no signature: please write it in the field, or hand in the signed pages.";
    SignatureMalformed "record.signature-malformed" "18" "签名的数据不完整，请重新签名。" "The signature is not complete; please sign again.";
    SignsForItself "record.signs-for-itself" "18" "签名须由本人作出；书记员只能代为提交本人在纸上签好的扫描件。" "Everybody signs for themselves; the clerk can only hand in scans of what somebody signed on paper.";
    NotClosed "record.not-closed" "18" "听证结束以后才能封卷。" "The file can be sealed only after the hearing is closed.";
    Sealed "record.sealed" "18" "案卷已经封存。" "The case file has been sealed.";
}

impl Refusal {
    /// The refusal as a person reads it, with the numbers and articles of `rules`, and the people as `plan` calls them:
    /// the plan that the person may see.
    #[must_use]
    pub fn sentence(&self, rules: &Rulebook, plan: &Plan) -> Sentence {
        let (key, zh, en) = match self {
            Self::Lacking(lacking) => {
                let (zh, en) = phase::told(lacking, plan);
                let key = lacking.first().map_or("15", Lacking::article);
                (key, zh + "。", en + ".")
            }
            plain => {
                let (key, zh, en) = plain.template();
                (key, filled(zh, rules), filled(en, rules))
            }
        };
        let article = rules.article(key);
        Sentence { code: self.code().into(), article: article.zh, article_en: article.en, zh, en }
    }
}

/// The sentence with each `{name}` replaced by the rulebook's number of that name.
fn filled(template: &str, rules: &Rulebook) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, tail)) = after.split_once('}') else {
            break;
        };
        out.push_str(&rules.number(name).unwrap_or_else(|| name.to_string()));
        rest = tail;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_has_two_sentences_an_article_and_a_code_of_its_own() {
        let rules = Rulebook::default();
        let mut codes: Vec<&str> = Refusal::PLAIN.iter().map(Refusal::code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Refusal::PLAIN.len(), "two refusals share a code");
        for refusal in Refusal::PLAIN {
            let said = refusal.sentence(&rules, &Plan::default());
            assert!(said.zh.ends_with('。') && said.en.ends_with('.'), "{said:?}");
            assert!(!said.zh.contains('{') && !said.en.contains('{'), "a number is missing: {said:?}");
            assert!(rules.articles.values().any(|article| article.zh == said.article), "{said:?}");
            assert!(
                said.code.split_once('.').is_some_and(|(slice, why)| !slice.is_empty() && !why.is_empty())
            );
        }
    }
}
