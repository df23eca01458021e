//! Every number that limits something, with its unit in its name, its default, and what it is for.

use clap::{Arg, Command, value_parser};

use crate::Error;

/// One limit, as `--help` and the configuration file know it.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// Its name, with the unit.
    pub name: &'static str,
    /// Its default.
    pub default: u64,
    /// What it limits, in Chinese.
    pub zh: &'static str,
    /// What it limits, in English.
    pub en: &'static str,
}

macro_rules! limits {
    ($($field:ident $name:literal $default:literal $zh:literal $en:literal;)*) => {
        /// The limits of a server.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct Limits { $(#[doc = $en] pub $field: u64,)* }

        impl Default for Limits {
            fn default() -> Self { Self { $($field: $default,)* } }
        }

        impl Limits {
            /// Every limit.
            pub const TABLE: &'static [Limit] =
                &[$(Limit { name: $name, default: $default, zh: $zh, en: $en },)*];

            /// Every limit with its name.
            fn all(&self) -> impl Iterator<Item = (&'static str, u64)> {
                [$(($name, self.$field),)*].into_iter()
            }

            /// Sets a limit by its name; false when there is none of that name.
            pub fn set(&mut self, name: &str, value: u64) -> bool {
                match name { $($name => self.$field = value,)* _ => return false }
                true
            }
        }
    };
}

limits! {
    hello_timeout_ms "hello-timeout-ms" 10_000 "连接后须在多少毫秒内报到" "Milliseconds within which a connection must say hello";
    ping_every_ms "ping-every-ms" 5_000 "每隔多少毫秒探询连接" "Milliseconds between pings";
    lease_ms "lease-ms" 15_000 "多少毫秒没有回音视为断线" "Milliseconds of silence after which a connection is taken as lost";
    frame_bytes_max "frame-bytes-max" 65_536 "单条消息最大字节数" "Largest message from a seat, in bytes";
    frames_per_second "frames-per-second" 50 "每个连接每秒消息数" "Messages per second of one connection";
    frames_burst "frames-burst" 200 "每个连接瞬时消息数" "Messages at once of one connection";
    outbox_frames_max "outbox-frames-max" 512 "每个连接待发消息数，超过即断开" "Messages waiting for one connection; more and it is cut";
    room_queue_max "room-queue-max" 1_024 "每次听证待处理操作数" "Commands waiting in one hearing";
    room_group_max "room-group-max" 128 "一次处理的操作数" "Commands handled in one go";
    room_idle_ms "room-idle-ms" 600_000 "听证室无人多少毫秒后移出内存" "Milliseconds without anybody after which a hearing leaves memory";
    seat_connections_max "seat-connections-max" 4 "每个席位同时打开的窗口数" "Windows of one seat open at the same time";
    connections_max "connections-max" 20_000 "全部实时连接数" "Live connections in all";
    link_sections_max "link-sections-max" 40 "一条视频线路的媒体段数（自己的声音一段，画面大小两段，其余用于收看收听他人）" "Sections of the offer of a video line: one for the sound that is sent, two for the picture in large and in small, the others to hear and see others";
    link_offers_max "link-offers-max" 64 "同时等待接通的视频线路数" "Offers of video lines that wait to be answered";
    link_offers_per_minute "link-offers-per-minute" 20 "每个连接每分钟接通视频的次数" "Offers of video lines a minute on one connection";
    link_checks_max "link-checks-max" 64 "同时进行的设备检测数" "Equipment checks at the same time, over all hearings";
    link_check_ms "link-check-ms" 60_000 "一次设备检测的线路最长毫秒数" "Longest line of an equipment check, in milliseconds";
    link_grace_ms "link-grace-ms" 5_000 "探询多少毫秒没有回音后停止传送该席位的声音和画面" "Milliseconds without an answer to a ping after which the sound and picture of a seat are no longer sent on";
    link_open_ms "link-open-ms" 30_000 "视频线路须在多少毫秒内接通" "Milliseconds within which a video line must have opened after its offer was answered";
    link_hold_ms "link-hold-ms" 1_500 "从评议等单独房间、休庭或者断线回来后多少毫秒内不传送该席位的声音和画面" "Milliseconds for which nothing is sent on of a seat that comes from anywhere but the court: the deliberation, a break, a lost connection";
    link_gap_ms "link-gap-ms" 5_000 "视频连线并非本人关闭而断开多少毫秒后记为中断" "Milliseconds for which a video line that its owner did not turn off is gone until it is noted as broken";
    link_gallery_delay_ms "link-gallery-delay-ms" 10_000 "旁听席的声音和画面比现场晚多少毫秒，供主持人切断" "Milliseconds by which the gallery hears and sees later than everybody else, so that the chair can cut it off";
    link_gallery_bytes "link-gallery-bytes" 268_435_456 "为旁听席延迟播放而保存的字节数上限" "Bytes of sound and picture that wait for the gallery, over all hearings; what is beyond it does not get";
    link_gallery_hearing_bytes "link-gallery-hearing-bytes" 67_108_864 "其中一场听证的字节数上限" "And of that, of one hearing";
    link_bytes_per_second "link-bytes-per-second" 524_288 "每条视频线路每秒接收的字节数，超出部分丢弃" "Bytes a second that are read of one video line; what is beyond is dropped";
    link_control_bytes_per_second "link-control-bytes-per-second" 8_192 "每条视频线路每秒接收的控制报文（RTCP）字节数，超出部分丢弃" "Bytes a second that are read of one video line of what it reports and asks for (RTCP); what is beyond is dropped";
    link_small_bytes_per_second "link-small-bytes-per-second" 49_152 "每条视频线路的小画面每秒转发的字节数，至少容得下一幅完整画面，超出部分丢弃" "Bytes a second that are sent on of the small picture of one video line, a whole picture at least; what is beyond is dropped";
    link_buffer_bytes "link-buffer-bytes" 4_194_304 "视频端口收发缓冲区的字节数，以系统允许为限" "Bytes that may wait at the port of the video link each way, as far as the machine allows";
    link_tcp_connections_max "link-tcp-connections-max" 512 "视频连线的 TCP 连接总数" "Connections by TCP of the video link in all";
    link_tcp_connections_per_address "link-tcp-connections-per-address" 64 "每个来访地址的视频 TCP 连接数" "Connections by TCP of the video link from one address";
    link_tcp_idle_ms "link-tcp-idle-ms" 30_000 "视频 TCP 连接多少毫秒没有属于某一席位的数据或者不接收数据即断开" "Milliseconds without a frame that belongs to a line, or in which nothing is taken, after which a connection by TCP of the video link is cut";
    link_tcp_queue_max "link-tcp-queue-max" 256 "每个视频 TCP 连接待发数据包数，超出时丢弃最早的" "Frames waiting for one connection by TCP of the video link; of more the oldest are dropped";
    link_tcp_frames_max "link-tcp-frames-max" 512 "全部视频 TCP 连接等待处理的数据包数，超过时暂不再读取" "Frames of all connections by TCP of the video link that wait to be taken in; while there are as many no more is read";
    turn_hours "turn-hours" 12 "TURN 凭据有效小时数" "Hours for which the words that seats are given for the TURN server hold";
    recording_segment_ms "recording-segment-ms" 10_000 "录制每多少毫秒为一段，写盘后将其散列值记入日志" "Milliseconds of a recording's segment, whose hash goes to the log once it is on disk";
    recording_alarm_ms "recording-alarm-ms" 2_500 "应当录到的声音中断多少毫秒后告警" "Milliseconds without sound that should be recorded after which it is missed";
    recording_silence_ms "recording-silence-ms" 2_500 "发言人传来的声音连续多少毫秒是数字静音（麦克风已被关闭）后告警" "Milliseconds in which nothing but silence, every sample nought, comes of whoever has the floor, after which its sound is missed";
    recording_queue_max "recording-queue-max" 8_192 "等待写入录制文件的数据包数，超过即不录" "Packets waiting to be recorded; more and they are not";
    recording_seal_wait_ms "recording-seal-wait-ms" 10_000 "封存案卷前最多等候录制记录完毕的毫秒数" "Milliseconds that a seal waits at the most until the recording is noted to its end";
    recording_bytes_max "recording-bytes-max" 53_687_091_200 "每次听证录制文件总字节数" "Recordings of one hearing together, in bytes";
    recording_free_bytes_min "recording-free-bytes-min" 1_073_741_824 "磁盘剩余字节数低于此值时停止录制" "Bytes that recording leaves free on the disk";
    downloads_at_once "downloads-at-once" 64 "同时下载的录制文件数" "Files of recordings fetched at the same time";
    download_stall_ms "download-stall-ms" 600_000 "下载录制文件时多少毫秒没有取走任何内容即断开" "Milliseconds after which a recording of which nothing is taken is no longer handed out";
    append_queue_max "append-queue-max" 4_096 "等待写入的批数" "Appends waiting for the disk";
    append_group_max "append-group-max" 256 "一次提交的批数" "Appends committed together";
    database_connections_max "database-connections-max" 4 "数据库连接数" "Connections to the database";
    checkpoint_every_ms "checkpoint-every-ms" 20_000 "每隔多少毫秒整理数据库日志" "Milliseconds between checkpoints of the database";
    pulse_every_ms "pulse-every-ms" 2_000 "每隔多少毫秒记下服务仍在运行，停机所占的发言时间据此退还" "Milliseconds between the notes that the server is alive, by which the time it was away is given back";
    header_timeout_ms "header-timeout-ms" 30_000 "须在多少毫秒内收到完整的请求头" "Milliseconds within which the head of a request must have come";
    body_bytes_max "body-bytes-max" 1_048_576 "请求内容最大字节数" "Largest body of a request, in bytes";
    exhibit_bytes_max "exhibit-bytes-max" 20_971_520 "单个证据文件最大字节数" "Largest file of an exhibit, in bytes";
    exhibits_bytes_max "exhibits-bytes-max" 524_288_000 "每次听证证据文件总字节数" "Files of one hearing together, in bytes";
    exhibit_pages_max "exhibit-pages-max" 2_000 "单个证据文件最多页数" "Pages of one file of an exhibit";
    exhibit_pixels_max "exhibit-pixels-max" 80_000_000 "图片或者PDF所含图片的最大像素数" "Pixels of a picture that is handed in, also of one inside a PDF";
    exhibit_unpacked_bytes_max "exhibit-unpacked-bytes-max" 104_857_600 "办公文件展开后最大字节数" "An office file when unpacked, in bytes";
    exhibit_members_max "exhibit-members-max" 5_000 "办公文件内部的条目数" "Entries inside an office file";
    exhibit_memory_bytes_max "exhibit-memory-bytes-max" 1_073_741_824 "读取PDF的进程最多使用的内存字节数" "Memory of a process that reads a PDF, in bytes";
    exhibit_examine_ms "exhibit-examine-ms" 20_000 "检查一个证据文件最长毫秒数" "Longest look at a file that is handed in, in milliseconds";
    exhibit_draw_ms "exhibit-draw-ms" 15_000 "绘制一页最长毫秒数" "Longest drawing of one page, in milliseconds";
    exhibit_picture_pixels_max "exhibit-picture-pixels-max" 16_000_000 "一页图片的最大像素数" "Pixels of the picture of one page";
    exhibit_pages_bytes_max "exhibit-pages-bytes-max" 268_435_456 "每次听证保留的页面图片总字节数，超出时删去最早的" "Pictures of pages that are kept of one hearing, in bytes; beyond it the oldest are removed";
    pages_at_once "pages-at-once" 2 "同时绘制的页数" "Pages drawn at the same time";
    upload_chunk_bytes_max "upload-chunk-bytes-max" 524_288 "分段上传每段最大字节数" "Largest piece of an upload, in bytes";
    uploads_at_once "uploads-at-once" 3 "每个席位未传完的文件数" "Files of one seat that have not come whole yet";
    upload_hours "upload-hours" 24 "未传完的文件保留小时数" "Hours after which an upload that nobody goes on with is removed";
    papers_at_once "papers-at-once" 2 "同时制作的文书数" "Papers drawn up at the same time";
    letterhead_bytes_max "letterhead-bytes-max" 16_384 "文书版头文件最大字节数" "Largest file of an office's letterhead, in bytes";
    seal_bytes_max "seal-bytes-max" 2_097_152 "公章图片最大字节数" "Largest picture of an office's seal, in bytes";
    seal_pixels_max "seal-pixels-max" 4_194_304 "公章图片最大像素数" "Pixels of the picture of an office's seal";
    files_at_once "files-at-once" 4 "同时接收证据文件或者装订案卷的数量" "Files of exhibits taken in and case files bound at the same time";
    archive_every_ms "archive-every-ms" 60_000 "每隔多少毫秒检查有无未归档的案卷和未签发的时间戳" "Milliseconds between looks for sealed hearings that are not in the archive and seals without a time stamp";
    archive_page_max "archive-page-max" 20 "归档检索每页听证数" "Hearings on one page of a search of the archive";
    archive_lines_max "archive-lines-max" 5 "归档检索每次听证列出的笔录行数" "Lines shown of each hearing that a search of the archive found";
    archive_query_chars_max "archive-query-chars-max" 200 "归档检索每项条件的字数" "Longest of each thing that a search of the archive asks for, in characters";
    archive_words_max "archive-words-max" 8 "归档检索的词数" "Words that one search of the archive asks for";
    exchange_members_max "exchange-members-max" 20_000 "导入文件内部的条目数" "Members inside a file that is imported";
    exchange_read_bytes_max "exchange-read-bytes-max" 8_589_934_592 "导入文件除录制文件外展开后的最大字节数" "A file that is imported when unpacked, without its recordings, in bytes";
    exchange_recordings_bytes_max "exchange-recordings-bytes-max" 107_374_182_400 "导入文件中录制文件的总字节数" "Recordings inside a file that is imported together, in bytes";
    access_again_ms "access-again-ms" 3_600_000 "同一人查阅同一已封存听证、播放同一录制文件、查阅同一证据材料，多少毫秒内只记一次查阅" "Milliseconds within which a sealed hearing that somebody looks at, a recording that somebody plays, or an exhibit that somebody reads, is noted once";
    stamp_timeout_ms "stamp-timeout-ms" 10_000 "等候时间戳机构答复的毫秒数" "Longest wait for the time-stamp authority, in milliseconds";
    stamp_bytes_max "stamp-bytes-max" 65_536 "时间戳答复最大字节数" "Largest answer of the time-stamp authority, in bytes";
    stamp_skew_ms "stamp-skew-ms" 300_000 "时间戳的时间与本机相差的最大毫秒数" "Most milliseconds between the moment of a time stamp and ours";
    stamps_round_max "stamps-round-max" 100 "每轮申请签发时间戳的封存记录数" "Seals for which a time stamp is asked in one round";
    archive_reason_chars_max "archive-reason-chars-max" 1_000 "归档办理理由的字数" "Longest reason for what is done in the archive, in characters";
    mask_words_max "mask-words-max" 200 "公开版另行遮盖或者保留的词语数" "Words that a public version masks besides, and as many that it keeps";
    mask_word_chars_max "mask-word-chars-max" 100 "公开版另行遮盖或者保留的词语字数" "Longest of these words, in characters";
    public_page_max "public-page-max" 50 "公开笔录每页条数" "Public records on one page of their list";
    access_page_max "access-page-max" 100 "查阅记录每页条数" "Notes on one page of the list of who has read what";
    request_timeout_ms "request-timeout-ms" 30_000 "请求最长毫秒数" "Longest time for a request, in milliseconds";
    requests_per_second "requests-per-second" 200 "每个来访地址每秒请求数" "Requests per second of one address";
    requests_burst "requests-burst" 1_000 "每个来访地址瞬时请求数" "Requests at once of one address";
    session_idle_ms "session-idle-ms" 7_200_000 "登录闲置多少毫秒后失效" "Milliseconds of idleness after which a session ends";
    session_age_ms "session-age-ms" 43_200_000 "登录最长毫秒数" "Longest session, in milliseconds";
    hashes_at_once "hashes-at-once" 2 "同时计算的密码校验数" "Passwords checked at the same time";
    sign_in_tries "sign-in-tries" 10 "时限内一个地址对一个账户登录失败次数" "Wrong passwords for one account from one address within the window";
    sign_in_tries_all "sign-in-tries-all" 100 "时限内每个账户从陌生地址登录失败总次数" "Wrong passwords for one account from all addresses it has not signed in from, within the window";
    address_tries "address-tries" 50 "时限内每个地址失败次数" "Wrong guesses from one address within the window";
    invitation_tries "invitation-tries" 5 "时限内每份邀请核对失败次数" "Wrong checks of one invitation within the window";
    invitation_tries_all "invitation-tries-all" 25 "每份邀请核对失败总次数，达到后须重新邀请" "Wrong checks of one invitation in all; then it must be issued again";
    tries_window_ms "tries-window-ms" 600_000 "计算失败次数的时限毫秒数" "The window in which wrong guesses count, in milliseconds";
    invitation_days "invitation-days" 30 "邀请有效天数" "Days for which an invitation is good";
    delivery_tries_max "delivery-tries-max" 8 "每份邮件或者短信发送的次数上限" "Times that a mail or a text message is tried before it is given up";
    delivery_retry_ms "delivery-retry-ms" 60_000 "发送失败后多少毫秒再试，以后每次加倍" "Milliseconds after which a message that did not go out is tried again; twice as long each time";
    delivery_timeout_ms "delivery-timeout-ms" 30_000 "发送一份邮件或者短信最长毫秒数" "Longest time for sending one message, in milliseconds";
    delivery_look_ms "delivery-look-ms" 30_000 "每隔多少毫秒查看有无应当提醒或者重发的" "Milliseconds between looks for reminders that are due and messages to be tried again";
    delivery_days "delivery-days" 90 "送达链接有效天数，也是听证结束后保存联系方式的天数" "Days for which the link of a delivery is good, and addresses are kept after a hearing";
    delivery_open_ms "delivery-open-ms" 3_600_000 "核对手机号码后多少毫秒内可以查阅，过后须重新核对" "Milliseconds for which a delivered paper stays open after the check of the phone number";
    deliveries_at_once "deliveries-at-once" 4 "同时发送的邮件和短信数" "Messages sent at the same time";
    deliveries_hearing_max "deliveries-hearing-max" 5_000 "每次听证的送达次数上限" "Deliveries of one hearing";
    outbox_bytes_max "outbox-bytes-max" 1_073_741_824 "发件箱文件夹总字节数，超过即暂不写入" "Files in the outbox together, in bytes; while it is full nothing more is put there";
    draw_max "draw-max" 20 "一次抽取听证员人数上限" "Most panellists drawn at once";
    stop_ms "stop-ms" 10_000 "停机时最多等待毫秒数" "Longest wait when stopping, in milliseconds";
}

/// Nothing can be limited to nothing, and beyond this a number is a mistake.
const RANGE: std::ops::RangeInclusive<u64> = 1..=1_000_000_000_000;

/// Within so many milliseconds what is heard is in its file.
const RECORDED_WITHIN_MS: u64 = 1_500;

impl Limits {
    /// Refuses numbers that no server could run with.
    ///
    /// # Errors
    /// Which limit, and what it may be.
    pub fn check(&self) -> Result<(), Error> {
        if let Some((name, _)) = self.all().find(|(_, value)| !RANGE.contains(value)) {
            return Err(Error::Config(format!("limits.{name}: {} … {}", RANGE.start(), RANGE.end())));
        }
        if self.lease_ms <= self.ping_every_ms {
            return Err(Error::Config("limits.lease-ms: > limits.ping-every-ms".into()));
        }
        // What is said is in its file only after so long.
        for (name, ms) in [("alarm", self.recording_alarm_ms), ("silence", self.recording_silence_ms)] {
            if ms <= RECORDED_WITHIN_MS {
                return Err(Error::Config(format!("limits.recording-{name}-ms: > {RECORDED_WITHIN_MS}")));
            }
        }
        // Else nobody would be there to note that a seat was lost.
        if self.room_idle_ms <= self.lease_ms {
            return Err(Error::Config("limits.room-idle-ms: > limits.lease-ms".into()));
        }
        Ok(())
    }

    /// The options of the command line that set limits.
    #[must_use]
    pub fn options(command: Command) -> Command {
        Self::TABLE.iter().fold(command, |command, limit| {
            let environment = format!("FENGQIAO_{}", limit.name.replace('-', "_").to_uppercase());
            command.arg(
                Arg::new(limit.name)
                    .long(limit.name)
                    .env(environment)
                    .value_name("N")
                    .value_parser(value_parser!(u64).range(RANGE))
                    .default_value(limit.default.to_string())
                    .help_heading("限额 Limits")
                    .help(format!("{}。 {}.", limit.zh, limit.en)),
            )
        })
    }

    /// A limit as a count of things in memory.
    #[must_use]
    pub fn count(value: u64) -> usize {
        usize::try_from(value).unwrap_or(usize::MAX)
    }

    /// A limit as a span of time.
    #[must_use]
    pub const fn span(value_ms: u64) -> std::time::Duration {
        std::time::Duration::from_millis(value_ms)
    }

    /// A limit as milliseconds of the server's clock.
    #[must_use]
    pub fn ms(value_ms: u64) -> i64 {
        i64::try_from(value_ms).unwrap_or(i64::MAX)
    }
}
