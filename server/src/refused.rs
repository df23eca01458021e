//! What the server itself answers when something may not be done: a code, a sentence in both languages, an article.
//!
//! Which is which: a [`Refused`] is an answer to a person and changes nothing; an [`Error`] is a broken machine, told
//! as a code without detail and written to the machine's own log. [`Failure`] is either, on its way out by HTTP.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use procedure::{Refusal, Rulebook, hearing::plan::Plan, refusal::Sentence};

use crate::Error;

macro_rules! refused {
    ($($name:ident $status:ident $code:literal $zh:literal $en:literal;)*) => {
        /// Why the server said no, apart from the rules of the hearing.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Refused { $(#[doc = $en] $name,)* }

        impl Refused {
            /// Every one of them, for tests and documentation.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Status, stable code, Chinese and English sentence.
            #[must_use]
            pub const fn parts(self) -> (StatusCode, &'static str, &'static str, &'static str) {
                match self { $(Self::$name => (StatusCode::$status, $code, $zh, $en),)* }
            }
        }
    };
}

refused! {
    SignedOut UNAUTHORIZED "account.signed-out" "请先登录。" "Please sign in first.";
    WrongPassword UNAUTHORIZED "account.wrong" "用户名或者密码不正确。" "The name or the password is not right.";
    TooManyTries TOO_MANY_REQUESTS "tries.too-many" "尝试次数过多，请稍后再试。" "Too many tries; please wait a while.";
    NotYourOffice FORBIDDEN "account.not-your-office" "您的职务不能办理此项。" "Your post does not allow this.";
    NameTaken CONFLICT "account.name-taken" "该用户名已被使用。" "This name is in use.";
    BadName UNPROCESSABLE_ENTITY "account.bad-name" "用户名须为2至40个字母、数字、汉字、点或者连字符。" "A name has 2 to 40 letters, digits, dots or hyphens.";
    WeakPassword UNPROCESSABLE_ENTITY "account.weak-password" "密码长度应为10至200个字符。" "A password has between 10 and 200 characters.";
    SetupOver FORBIDDEN "account.setup-over" "初始设置链接无效或者已经使用。" "This set-up link is not valid or has been used.";
    AccountUnknown NOT_FOUND "account.unknown" "没有这个账户。" "There is no such account.";
    LastAdministrator CONFLICT "account.last-administrator" "至少保留一名系统管理员。" "At least one administrator must remain.";

    InvitationUnknown FORBIDDEN "invitation.invalid" "邀请无效、已过期或者核对信息不符。请联系书记员。" "This invitation is not valid, has expired, or the check does not match. Please ask the clerk.";
    BadPhoneTail UNPROCESSABLE_ENTITY "invitation.bad-phone-tail" "请填写手机号码后四位数字。" "Give the last four digits of the phone number.";
    SeatUnknown NOT_FOUND "seat.unknown" "本次听证没有这个席位。" "There is no such seat in this hearing.";
    KeyUnknown UNAUTHORIZED "seat.key-unknown" "席位凭证无效，请重新打开邀请链接。" "This seat key is not valid; please open the invitation again.";

    HearingUnknown NOT_FOUND "hearing.unknown" "没有这次听证。" "There is no such hearing.";
    CaseUnknown NOT_FOUND "case.unknown" "没有这个案件。" "There is no such case.";
    CaseKnown CONFLICT "case.known" "该案号已经登记，内容不同。请核对案号。" "This case number has been entered with other content. Please check the number.";
    NoticeUnknown NOT_FOUND "notice.unknown" "没有这个公告。" "There is no such notice.";
    IdTaken CONFLICT "command.id-taken" "该编号已被另一项操作使用。" "This id belongs to another command.";
    BadId UNPROCESSABLE_ENTITY "command.bad-id" "操作编号应为1至64个字母、数字或者连字符。" "A command id has 1 to 64 letters, digits or hyphens.";
    LinkOff NOT_FOUND "link.off" "本院没有开通视频连线。" "This office has no video link.";
    LinkUnreadable UNPROCESSABLE_ENTITY "link.unreadable" "视频连线请求无法读取，请更换浏览器后重试。" "The offer of a video line cannot be read; please try another browser.";
    LinkTooLarge UNPROCESSABLE_ENTITY "link.too-large" "视频连线请求过大。" "The offer of a video line is larger than allowed.";
    LinkTooOften TOO_MANY_REQUESTS "link.too-often" "接通视频过于频繁，请稍候再试。" "Video lines are offered too often; please wait a little.";
    PassiveTab CONFLICT "room.passive" "您已在另一窗口操作，请先在此窗口接管。" "You act in another window; take over here first.";
    ClosedDoor FORBIDDEN "hearing.not-disclosed" "您无权查阅。" "You may not see this.";

    PoolTooSmall CONFLICT "pool.too-small" "符合条件的听证员人数不足。" "Too few panellists in the pool qualify.";
    PanellistUnknown NOT_FOUND "pool.unknown" "名册中没有这位听证员。" "There is no such panellist in the pool.";
    PanellistIncomplete UNPROCESSABLE_ENTITY "pool.incomplete" "请填写姓名、身份、界别和出生年份。" "Give name, post, class and year of birth.";
    PanellistAlike CONFLICT "pool.alike" "名册中已有姓名、身份和出生年份都相同、手机号码不同的人员。是同一人的，请在名册中修改原条目的手机号码后四位；不是同一人的，请在身份中写明单位等加以区别。" "Somebody of this name, post and year of birth stands in the pool with another phone number. If it is the same person, change the number in that entry; if not, say more in the post, such as the employer.";
    DirectedNeedsReason UNPROCESSABLE_ENTITY "pool.directed-needs-reason" "指定听证员应当写明理由。" "Naming panellists directly needs a reason.";
    BadSeed UNPROCESSABLE_ENTITY "pool.bad-seed" "抽取种子应为64位十六进制数。" "A seed has 64 hexadecimal digits.";
    BadNumber UNPROCESSABLE_ENTITY "pool.bad-number" "抽取人数应在规定范围内。" "The number to draw is out of range.";

    NotLetIn FORBIDDEN "exhibit.not-let-in" "您尚未获准入席，不能提交材料。" "You have not been let in, so you cannot hand anything in.";
    FileTooLarge PAYLOAD_TOO_LARGE "exhibit.too-large" "文件超过大小限制。" "The file is larger than allowed.";
    FileKind UNSUPPORTED_MEDIA_TYPE "exhibit.kind" "不接受这种文件。可以提交：PDF，PNG、JPEG图片，docx、xlsx、pptx、odt、ods、odp文件，以及UTF-8纯文本。" "This kind of file is not taken. PDF, PNG, JPEG, docx, xlsx, pptx, odt, ods, odp and plain text in UTF-8 are.";
    FileEmpty UNPROCESSABLE_ENTITY "exhibit.empty" "文件是空的。" "The file is empty.";
    FileArchive UNSUPPORTED_MEDIA_TYPE "exhibit.archive" "不接受压缩包，请解压后逐个提交其中的文件。" "Archives are not taken; please unpack it and hand in its files one by one.";
    FileProgram UNSUPPORTED_MEDIA_TYPE "exhibit.program" "不接受程序文件。" "Programs are not taken.";
    FilePicture UNSUPPORTED_MEDIA_TYPE "exhibit.picture-kind" "不接受这种图片格式，请另存为JPEG或者PNG后提交；手机照片可在相机设置中选择“兼容性最佳”。" "This kind of picture is not taken; please save it as JPEG or PNG. On a phone, choose the most compatible format in the camera's settings.";
    FileFilm UNSUPPORTED_MEDIA_TYPE "exhibit.film" "不接受录音、录像文件，请与本院联系，另行提交。" "Sound and film are not taken here; please ask the office how to hand them in.";
    FileMarkup UNSUPPORTED_MEDIA_TYPE "exhibit.markup" "不接受网页、SVG和含有脚本的文件，请另存为PDF或者图片后提交。" "Web pages, SVG and files with scripts are not taken; please save it as PDF or as a picture.";
    FileEncoding UNSUPPORTED_MEDIA_TYPE "exhibit.encoding" "文本文件须为UTF-8编码，请在记事本中另存为UTF-8，或者存为PDF后提交。" "A text must be in UTF-8; please save it as UTF-8, or as PDF.";
    FileOld UNSUPPORTED_MEDIA_TYPE "exhibit.old-office" "不接受旧版doc、xls、ppt文件，请另存为docx、xlsx、pptx或者PDF后提交。" "Old doc, xls and ppt files are not taken; please save it as docx, xlsx, pptx or PDF.";
    FileLocked UNPROCESSABLE_ENTITY "exhibit.locked" "文件有打开密码，请取消密码后提交。" "The file needs a password; please take it off first.";
    FileMacro UNPROCESSABLE_ENTITY "exhibit.macro" "文件含有宏或者控件，请另存为不含宏的文件或者PDF后提交。" "The file has macros or controls; please save it without, or as PDF.";
    FileLaunch UNPROCESSABLE_ENTITY "exhibit.launch" "该PDF会启动程序，不予接受，请打印为新的PDF后提交。" "This PDF would start a program; please print it into a new PDF.";
    FileBroken UNPROCESSABLE_ENTITY "exhibit.broken" "文件不完整或者已经损坏，无法读取，请重新导出后提交。" "The file is incomplete or broken and cannot be read; please make it anew.";
    FileNoPages UNPROCESSABLE_ENTITY "exhibit.no-pages" "文件中没有页面。" "The file has no pages.";
    FileManyPages UNPROCESSABLE_ENTITY "exhibit.too-many-pages" "文件页数超过限制，请分成几份提交。" "The file has more pages than allowed; please hand it in in parts.";
    FilePixels UNPROCESSABLE_ENTITY "exhibit.pixels" "图片的尺寸超过限制，请缩小后提交。" "The picture has more pixels than allowed; please make it smaller.";
    FileBomb UNPROCESSABLE_ENTITY "exhibit.unpacked" "文件展开后超过大小限制，请另存为PDF后提交。" "Unpacked, the file is larger than allowed; please save it as PDF.";
    FilePath UNPROCESSABLE_ENTITY "exhibit.member" "文件内部的名称不合规范，可能被人动过手脚，请重新导出后提交。" "A name inside the file is not as it should be, as if somebody had tampered with it; please make it anew.";
    FileMembers UNPROCESSABLE_ENTITY "exhibit.members" "文件内部的部分太多，请另存为PDF后提交。" "The file has more parts inside than allowed; please save it as PDF.";
    FileUnknown NOT_FOUND "exhibit.file-unknown" "没有这个文件。" "There is no such file.";
    FilesFull INSUFFICIENT_STORAGE "exhibit.full" "本次听证的文件总量已达上限。" "This hearing's files have reached their limit.";
    SignsOnItsPage CONFLICT "signature.own-page" "请在“签署笔录”页面核对并签名。" "Please read and sign on the page “Sign the record”.";
    SignatureForged UNPROCESSABLE_ENTITY "signature.forged" "签名与其密钥不符，或者不是对这份笔录所签，请重新签名。" "The signature does not fit its key or this record; please sign again.";
    SignedPagesMissing UNPROCESSABLE_ENTITY "signature.pages-missing" "交回的页数少于打印的笔录，请将每一页签名后扫描或者拍照提交。" "Fewer pages came back than the record has in print. Please sign every page, then scan or photograph all of them.";
    SignedPagesTooMany UNPROCESSABLE_ENTITY "signature.pages-too-many" "提交的文件过多，最多100个。" "These are too many files; at most 100.";
    CertificateUnreadable UNPROCESSABLE_ENTITY "signature.certificate-unreadable" "无法读取签名文件，请提交含有证书的 CMS（p7s）分离签名文件。" "The signature file cannot be read. It must be a detached CMS (p7s) file with the certificate in it.";
    CertificateForged UNPROCESSABLE_ENTITY "signature.certificate-forged" "签名文件不是对这份笔录所签，或者已被改动。" "The signature file does not sign this record, or was changed.";
    CertificateKind UNPROCESSABLE_ENTITY "signature.certificate-kind" "暂不支持该证书所用的算法，请使用 RSA（2048位以上）或者 P-256、P-384 椭圆曲线证书，摘要算法用 SHA-256 以上。" "This kind of certificate is not supported. Please use RSA of 2048 bits or more, or an elliptic curve P-256 or P-384, with SHA-256 or more.";
    CertificateExpired UNPROCESSABLE_ENTITY "signature.certificate-expired" "证书不在有效期内。" "The certificate is not valid at this time.";
    CertificateNames UNPROCESSABLE_ENTITY "signature.certificate-names" "证书写明的持有人或者颁发者名称为空、过长或者含有看不见的符号，请换用名称清楚的证书。" "Whom the certificate names, or who issued it, is empty, too long or holds signs that nobody sees. Please use a certificate with plain names.";
    NotYourPhone FORBIDDEN "signature.not-your-phone" "手机号码后四位不符，请核对后再试。" "These are not the last four digits of your phone number. Please check and try again.";
    ComeInAnew CONFLICT "signature.come-in-anew" "无法核对身份，请用邀请短信中的链接重新进入，再签名。" "Your identity cannot be checked. Please come in again by the link of your invitation, then sign.";
    PageUnknown NOT_FOUND "exhibit.page-unknown" "该材料没有这一页。" "The file has no such page.";
    PageWidth UNPROCESSABLE_ENTITY "exhibit.page-width" "图片宽度应为64至4096像素。" "A picture of a page is between 64 and 4096 pixels wide.";
    PageUndrawn UNPROCESSABLE_ENTITY "exhibit.page-undrawn" "这一页无法显示，请下载原件查看。" "This page cannot be shown; please download the file.";
    UploadUnknown NOT_FOUND "upload.unknown" "没有这次上传，或者搁置过久已被清除，请重新上传。" "There is no such upload, or it was left for too long; please begin again.";
    UploadName UNPROCESSABLE_ENTITY "upload.name" "文件名应为1至255个字符。" "The name of a file has 1 to 255 characters.";
    UploadsTooMany CONFLICT "upload.too-many" "您有多个文件尚未传完，请先完成或者取消。" "You have several files under way; finish or give up one of them first.";
    UploadOffset CONFLICT "upload.offset" "续传的位置不对。" "The upload does not go on there.";
    UploadBusy CONFLICT "upload.busy" "该文件正在另一窗口上传。" "This file is being uploaded in another window.";
    UploadPiece PAYLOAD_TOO_LARGE "upload.piece" "一次传送的部分过大。" "The piece is larger than allowed.";
    UploadBeyond UNPROCESSABLE_ENTITY "upload.beyond" "收到的内容超出申报的文件大小，请重新上传。" "More has come than was announced; please begin again.";
    UploadUnfinished CONFLICT "upload.unfinished" "文件尚未传完。" "The file has not come whole yet.";
    UploadChanged UNPROCESSABLE_ENTITY "upload.changed" "收到的文件与您的文件不一致，请重新上传。" "What has come is not the file that you have; please upload it again.";
    PaperUnknown NOT_FOUND "paper.unknown" "没有这份文书，或者您无权查阅。" "There is no such paper, or it is not for you.";
    PaperNotYet CONFLICT "paper.not-yet" "这份文书现在还不能制作。" "This paper cannot be drawn up yet.";
    NotNotified CONFLICT "delivery.not-notified" "请先办理告知，再发送通知书和邀请函。" "Tell the participants first (step Notify); then notices and invitations can be sent.";
    NotServed UNPROCESSABLE_ENTITY "delivery.form" "这种文书不经送达程序发送。" "Papers of this kind are not served.";
    NoConsent CONFLICT "delivery.no-consent" "该席位没有同意电子送达，或者没有填写手机号码。请改用邮寄或者当面送达。" "This seat has not agreed to electronic delivery, or has no mobile number. Serve by post or in person.";
    NoAddress CONFLICT "delivery.no-address" "该席位没有填写这种送达方式所需的地址。" "This seat has no address for that way of delivery.";
    DeliveryUnknown NOT_FOUND "delivery.unknown" "没有这次送达。" "There is no such delivery.";
    DeliveryNotSo CONFLICT "delivery.not-so" "这次送达目前不能作此记载。" "This cannot be noted of the delivery as it stands.";
    DeliveryTooEarly UNPROCESSABLE_ENTITY "delivery.too-early" "所填日期早于这次送达登记或者交邮的日期，请核对。" "This day is before the one on which the delivery was entered or posted; please check it.";
    DeliveryArrived CONFLICT "delivery.arrived" "受送达人已经查阅，不能撤回。" "Its addressee has opened it; it can no longer be taken back.";
    DeliveryReasonMissing UNPROCESSABLE_ENTITY "delivery.reason-missing" "已经作过记载的送达，撤回时请写明理由。" "Something was noted of this delivery; please say why it is taken back.";
    DeliveryInvalid FORBIDDEN "delivery.invalid" "链接无效、已过期或者核对信息不符。请联系办理案件的人民检察院。" "This link is not valid, has expired, or the check does not match. Please call the procuratorate.";
    DeliveriesFull INSUFFICIENT_STORAGE "delivery.full" "本次听证的送达次数已达上限。" "This hearing's deliveries have reached their limit.";
    BadContact UNPROCESSABLE_ENTITY "contact.unreadable" "请核对手机号码、邮箱和通信地址；同意电子送达的，必须填写手机号码。" "Check mobile number, mail address and postal address; whoever agrees to electronic delivery needs a mobile number.";
    NotSealed CONFLICT "file.not-sealed" "案卷尚未封存。" "The case file has not been sealed yet.";

    SearchUnreadable UNPROCESSABLE_ENTITY "archive.search-unreadable" "检索条件无法识别或者过长。" "The search cannot be read, or asks for too much.";
    StampNotYet NOT_FOUND "archive.stamp-not-yet" "这份封存记录还没有时间戳。" "This seal has no time stamp yet.";
    RetentionUnknown UNPROCESSABLE_ENTITY "archive.retention-unknown" "没有这种保管期限。" "There is no such class of retention.";
    RetentionSame CONFLICT "archive.retention-same" "保管期限没有变化。" "The file is in this class already.";
    RetentionPending CONFLICT "archive.retention-pending" "已有一项保管期限申请等待审批，或者刚刚有人作了变更。" "A change of retention is waiting for approval, or was made just now.";
    RetentionNothingAsked CONFLICT "archive.retention-nothing-asked" "没有等待审批的保管期限申请。" "No change of retention is waiting for approval.";
    OwnRequest FORBIDDEN "archive.own-request" "不能审批或者核对本人提出的事项。" "You cannot approve or check what you have put forward yourself.";
    NotForThePublic CONFLICT "archive.not-for-the-public" "不公开听证没有公开版。" "A closed hearing has no public version.";
    MaskUnreadable UNPROCESSABLE_ENTITY "archive.mask-unreadable" "增加或者保留的词语无法识别、过长或者过多。" "The words to be masked or kept cannot be read, or are too long or too many.";
    NotPrepared CONFLICT "archive.not-prepared" "公开版尚未准备，或者发布后没有新的准备。" "The public version has not been prepared, or not since it was published.";
    ChangedMeanwhile CONFLICT "archive.changed-meanwhile" "他人已经作了修改，请重新打开后再办理。" "Somebody else has changed this meanwhile; please open it again.";
    RecordUnknown NOT_FOUND "archive.record-unknown" "没有这份公开笔录。" "There is no such public record.";
    WithdrawnAlready CONFLICT "archive.withdrawn-already" "这份公开笔录已经撤回。" "This public record was withdrawn already.";
    NotShelved CONFLICT "archive.not-shelved" "案卷已封存但尚未归档，请启动一次服务后再导出。" "The case file is sealed but not yet in the archive; please start the server once, then export.";
    ForeignCopy CONFLICT "archive.foreign-copy" "该听证由其他检察院举行并封存，本院只有导入时的完整案卷，不能另行装订正卷或者个人卷。" "Another office held and sealed this hearing. There is only the whole copy that was imported; no other can be bound here.";
    ForeignHearing CONFLICT "archive.foreign-hearing" "该听证由其他检察院举行并封存，本院只能查阅，不能以本院名义邀请参加人、制发文书、送达或者公开。" "Another office held and sealed this hearing. Here it can be read; invitations, papers, deliveries and public versions are for that office.";
    ReasonMissing UNPROCESSABLE_ENTITY "archive.reason-missing" "请写明理由，不超过1000字。" "Give a reason of at most 1000 characters.";

    Unreadable UNPROCESSABLE_ENTITY "request.unreadable" "请求内容无法识别。" "The request cannot be read.";
    TooLarge PAYLOAD_TOO_LARGE "request.too-large" "请求内容过大。" "The request is too large.";
    TooFast TOO_MANY_REQUESTS "request.too-fast" "请求过于频繁，请稍后再试。" "Too many requests; please wait a moment.";
    WrongOrigin FORBIDDEN "request.wrong-origin" "请求来自其他网站，已被拒绝。" "The request comes from another site.";
    NotUpgraded UPGRADE_REQUIRED "request.not-upgraded" "该地址只接受WebSocket连接。" "This address takes WebSocket connections only.";
    NoSuchPage NOT_FOUND "request.no-such-page" "没有这个地址。" "There is nothing at this address.";
    WrongMethod METHOD_NOT_ALLOWED "request.wrong-method" "该地址不支持这种操作。" "This address does not take that method.";
}

impl Refused {
    /// The sentence as it travels. The article is the office's own rules.
    #[must_use]
    pub fn sentence(self) -> Sentence {
        let (_, code, zh, en) = self.parts();
        let article = Rulebook::default().article("office");
        Sentence {
            code: code.into(),
            article: article.zh,
            article_en: article.en,
            zh: zh.into(),
            en: en.into(),
        }
    }
}

/// Why a request was not answered as asked: no, or broken.
#[derive(Debug)]
pub enum Failure {
    /// The answer is no.
    Refused(StatusCode, Box<Sentence>),
    /// The machine failed.
    Error(Error),
}

impl Failure {
    /// A refusal by the rules of the hearing; `plan` is the one that whoever asked may see.
    #[must_use]
    pub fn by_rule(refusal: &Refusal, rules: &Rulebook, plan: &Plan) -> Self {
        Self::Refused(StatusCode::CONFLICT, Box::new(refusal.sentence(rules, plan)))
    }

    /// What is told to the person: of a broken machine the code alone.
    #[must_use]
    pub fn into_sentence(self) -> Sentence {
        match self {
            Self::Refused(_, sentence) => *sentence,
            Self::Error(error) => broken(error.code()),
        }
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused.parts().0, Box::new(refused.sentence()))
    }
}

impl<E: Into<Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        Failure::from(self).into_response()
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self {
            Self::Refused(status, sentence) => (status, Json(sentence)).into_response(),
            Self::Error(error) => {
                tracing::error!(code = error.code(), %error, "request failed");
                (error.status(), Json(broken(error.code()))).into_response()
            }
        }
    }
}

fn broken(code: &str) -> Sentence {
    let article = Rulebook::default().article("office");
    Sentence {
        code: code.into(),
        article: article.zh,
        article_en: article.en,
        zh: "系统出现故障，请稍后再试。".into(),
        en: "The system has failed; please try again.".into(),
    }
}
