//! The page that lies on top of every case file: what this is, and how to check it.

use crate::key::Keys;
use crate::report::moment;
use crate::statement::{CopyKind, SealStatement};

/// The text of `README.txt`, Chinese first.
pub(crate) fn text(seal: &SealStatement, copy: &CopyKind, keys: &Keys) -> String {
    let (zh, en) = kind(copy);
    let SealStatement { hearing, sealed_at, entries, .. } = seal;
    let sealed_at = moment(*sealed_at);
    let (fingerprint, sm2) = (keys.ed25519.fingerprint(), keys.sm2.fingerprint());
    format!(
        "听证电子卷宗（{zh}）

听证编号：{hearing}
封存时间：{sealed_at}
记录条目：{entries}条
公钥指纹：{fingerprint}
国密公钥指纹：{sm2}

main/          正卷（record.html 为可读的听证笔录）
confidential/  副卷（仅检察机关留存的副本中才有）
entries/       全部记录条目；不向本副本持有人公开的条目只列承诺值，不列内容
manifest.json  卷内目录：每个文件的大小和SHA-256
seal*          对全部记录的封存声明、签名和公钥；各份副本完全相同
copy*          将本副本的文件与封存声明绑定的声明和签名
               两套签名并列：Ed25519；国密SM2/SM3（-sm2，所用程序库未经第三方审计）

如何核验（均可离线进行，无须信任任何服务器）：
1. 运行 fengqiao verify 文件名，或者在浏览器中打开核验页面选择本文件（文件不会上传）；
2. 将核验给出的两个公钥指纹与检察机关公布的指纹逐组比对；
3. 不用本系统的软件，也可用 OpenSSL 检查签名：
   openssl pkeyutl -verify -pubin -keyform DER -inkey seal.pub -rawin -in seal.json -sigfile seal.sig
   openssl pkeyutl -verify -pubin -keyform DER -inkey seal.pub -rawin -in copy.json -sigfile copy.sig
   openssl pkeyutl -verify -pubin -keyform DER -inkey seal-sm2.pub -rawin -digest sm3 -pkeyopt distid:1234567812345678 -in seal.json -sigfile seal-sm2.sig
   openssl pkeyutl -verify -pubin -keyform DER -inkey seal-sm2.pub -rawin -digest sm3 -pkeyopt distid:1234567812345678 -in copy.json -sigfile copy-sm2.sig
   其余步骤见格式说明 docs/case-file.md。
解压后请保留原文件：核验以原文件为准。


Case file of a hearing ({en})

Hearing: {hearing}
Sealed at: {sealed_at}
Entries: {entries}
Fingerprint of the key: {fingerprint}
Of the SM2 key: {sm2}

main/          main volume (record.html is the record to read)
confidential/  confidential volume (only in the office's own copy)
entries/       every entry of the log; one not open to the holder of this copy is a bare commitment
manifest.json  size and SHA-256 of every file
seal*          statement, signatures and public keys over the whole log; the same in every copy
copy*          statement and signatures that bind the files of this copy to the seal
               Two suites side by side: Ed25519; SM2 with SM3 (-sm2, by a library that was not audited)

How to check it (offline, trusting no server):
1. Run: fengqiao verify FILE. Or open the page for checking in a browser and choose this file; it is not uploaded.
2. Compare both fingerprints it gives with those the office has published, group by group.
3. Without our software, OpenSSL checks the signatures with the four commands above; the other steps are in
   docs/case-file.md.
Keep the file as you got it: it is the ZIP itself that is checked, not what was unpacked from it.
"
    )
}

/// What a copy is called, in both languages.
pub(crate) fn kind(copy: &CopyKind) -> (String, String) {
    match copy {
        CopyKind::Whole => ("全卷：正卷和副卷".into(), "whole: main and confidential volume".into()),
        CopyKind::Main => ("正卷副本".into(), "main volume".into()),
        CopyKind::Own { seat } => (format!("席位{seat}本人的副本"), format!("own copy of seat {seat}")),
    }
}
