//! Office files: DOCX, XLSX, PPTX, ODT, ODS and ODP, each a ZIP of XML.
//!
//! Everything in it is really unpacked, counted while it comes out and never believed; then its text is read, so that
//! people without an office program see what stands in it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};
use std::time::Instant;

use zip::ZipArchive;

use super::Bounds;
use crate::{Refused, config::Limits};

mod parts;
mod text;
mod xml;

/// How many times smaller than its contents a file may be. What people write shrinks to a tenth, at most to a fiftieth.
const RATIO_MAX: u64 = 200;

/// Below this many bytes a ratio says nothing.
const RATIO_FROM_BYTES: u64 = 1_048_576;

/// How an encrypted file of a newer Office calls what is in it, in UTF-16.
const ENCRYPTED: &[u8] = b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0";

/// An office file that was read.
#[derive(Debug, PartialEq, Eq)]
pub struct Document {
    /// What it is.
    pub media_type: &'static str,
    /// Its text; [`super::paged::BREAK`] where a page, a slide or a sheet begins.
    pub text: String,
}

/// The parts that have to do with the text, by name, and until when they may be read.
struct Parts {
    named: BTreeMap<String, Vec<u8>>,
    until: Instant,
}

impl Parts {
    fn get(&self, name: &str) -> Option<&Vec<u8>> {
        self.named.get(name)
    }
}

/// Why a file in the old container is not taken: it has a password, or is of an Office before 2007.
pub(super) fn old(bytes: &[u8]) -> Refused {
    let locked = bytes.windows(ENCRYPTED.len()).any(|window| window == ENCRYPTED);
    if locked { Refused::FileLocked } else { Refused::FileOld }
}

/// Reads an office file.
///
/// # Errors
/// When it is another archive, broken, encrypted, has macros, or is made to harm whoever unpacks it; also when reading
/// it takes too long.
pub fn read(bytes: &[u8], bounds: Bounds) -> Result<Document, Refused> {
    let until = Instant::now() + Limits::span(bounds.examine_ms);
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Refused::FileBroken)?;
    let names = names(&archive, bounds.members_max)?;
    if !names.contains("mimetype") && !names.contains("[Content_Types].xml") {
        return Err(Refused::FileArchive);
    }
    let named = unpack(&mut archive, bytes.len(), bounds.unpacked_bytes_max)?;
    let parts = Parts { named, until };
    if names.iter().any(|name| is_program(name)) {
        return Err(Refused::FileMacro);
    }
    let main = parts::main(&parts)?;
    let text = text::of(&parts, &main, bounds.unpacked_bytes_max)?;
    Ok(Document { media_type: main.media_type, text })
}

/// The names of all entries. One that would be written elsewhere than in the folder where it is unpacked, or over
/// another, is refused.
fn names(archive: &ZipArchive<Cursor<&[u8]>>, members_max: u64) -> Result<BTreeSet<String>, Refused> {
    if u64::try_from(archive.len()).unwrap_or(u64::MAX) > members_max {
        return Err(Refused::FileMembers);
    }
    if archive.has_duplicate_names() {
        return Err(Refused::FilePath);
    }
    let mut lower = BTreeSet::new();
    let mut names = BTreeSet::new();
    for raw in archive.file_names_raw() {
        let name = std::str::from_utf8(raw).map_err(|_| Refused::FilePath)?;
        if !is_inside(name) || !lower.insert(name.to_lowercase()) {
            return Err(Refused::FilePath);
        }
        names.insert(name.to_string());
    }
    Ok(names)
}

/// Whether a name stays within the folder where it is unpacked, on every system.
fn is_inside(name: &str) -> bool {
    let odd = |letter: char| letter.is_control() || matches!(letter, '\\' | ':');
    let folders = name.strip_suffix('/').unwrap_or(name);
    !folders.is_empty()
        && !name.contains(odd)
        && folders.split('/').all(|folder| !matches!(folder, "" | "." | ".."))
}

/// Macros and controls: programs inside a document.
fn is_program(name: &str) -> bool {
    let name = name.to_lowercase();
    name.ends_with("vbaproject.bin")
        || name.contains("/activex/")
        || name.starts_with("basic/")
        || name.starts_with("scripts/")
}

/// Unpacks every entry to its end and keeps those that have to do with the text.
fn unpack(
    archive: &mut ZipArchive<Cursor<&[u8]>>,
    packed: usize,
    bytes_max: u64,
) -> Result<BTreeMap<String, Vec<u8>>, Refused> {
    let packed = u64::try_from(packed).unwrap_or(u64::MAX).max(1);
    let most = bytes_max.min(packed.saturating_mul(RATIO_MAX).max(RATIO_FROM_BYTES));
    let (mut parts, mut left) = (BTreeMap::new(), most);
    for at in 0..archive.len() {
        if archive.by_index_data(at).map_err(|_| Refused::FileBroken)?.encrypted() {
            return Err(Refused::FileLocked);
        }
        let mut entry = archive.by_index(at).map_err(|_| Refused::FileBroken)?;
        if entry.is_symlink() {
            return Err(Refused::FilePath);
        }
        let name = entry.name().map_err(|_| Refused::FilePath)?.into_owned();
        let mut limited = entry.by_ref().take(left.saturating_add(1));
        let mut part = Vec::new();
        let size = if xml::is_xml(&name) {
            limited.read_to_end(&mut part).map(|size| u64::try_from(size).unwrap_or(u64::MAX))
        } else {
            std::io::copy(&mut limited, &mut std::io::sink())
        };
        let size = size.map_err(|_| Refused::FileBroken)?;
        left = left.checked_sub(size).ok_or(Refused::FileBomb)?;
        if !part.is_empty() {
            parts.insert(name, part);
        }
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use proptest::prelude::*;
    use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

    use super::*;

    const BOUNDS: Bounds = Bounds {
        pixels_max: 1_000_000,
        pages_max: 100,
        unpacked_bytes_max: 20_000_000,
        members_max: 20,
        examine_ms: 10_000,
    };

    const WORD: &str = r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#;

    fn packed(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        for (name, bytes) in entries {
            zip.start_file(*name, options).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn word(document: &str, others: &[(&str, &[u8])]) -> Vec<u8> {
        let mut entries =
            vec![("[Content_Types].xml", WORD.as_bytes()), ("word/document.xml", document.as_bytes())];
        entries.extend(others);
        packed(&entries)
    }

    const DOCUMENT: &str = "<w:document><w:body><w:p><w:r><w:t>工资&lt;流水&gt;</w:t></w:r><w:r><w:tab/><w:delText>涂改</w:delText><w:t>一月</w:t></w:r></w:p>\
    <w:tbl><w:tr><w:tc><w:p><w:r><w:t>甲</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>乙</w:t></w:r></w:p></w:tc></w:tr></w:tbl>\
    <w:p><w:r><w:br w:type=\"page\"/><w:t>第二页</w:t></w:r></w:p></w:body></w:document>";

    #[test]
    fn a_document_is_read_with_its_paragraphs_cells_and_pages() {
        let document = read(&word(DOCUMENT, &[]), BOUNDS).unwrap();
        assert!(document.media_type.ends_with("wordprocessingml.document"));
        assert_eq!(document.text, "工资<流水>\t一月\n甲 \t乙 \t\n\u{c}第二页\n");
    }

    #[test]
    fn a_table_is_read_sheet_by_sheet_in_the_order_of_its_author() {
        let types = WORD
            .replace("word/document", "xl/workbook")
            .replace("wordprocessingml.document", "spreadsheetml.sheet");
        let book = r#"<workbook><sheets><sheet name="流水" r:id="rId2"/><sheet name="汇总" r:id="rId1"/></sheets></workbook>"#;
        let relations = r#"<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Target="/xl/worksheets/sheet2.xml"/></Relationships>"#;
        let shared =
            "<sst><si><t>月份</t></si><si><r><t>工</t></r><r><t>资</t></r><rPh><t>gong</t></rPh></si></sst>";
        let first = r#"<worksheet><row><c t="s"><v>9</v></c></row></worksheet>"#;
        let second = r#"<worksheet><row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row><row><c><f>A1</f><v>3500</v></c><c t="inlineStr"><is><t>元</t></is></c></row></worksheet>"#;
        let bytes = packed(&[
            ("[Content_Types].xml", types.as_bytes()),
            ("xl/workbook.xml", book.as_bytes()),
            ("xl/_rels/workbook.xml.rels", relations.as_bytes()),
            ("xl/sharedStrings.xml", shared.as_bytes()),
            ("xl/worksheets/sheet1.xml", first.as_bytes()),
            ("xl/worksheets/sheet2.xml", second.as_bytes()),
        ]);
        let document = read(&bytes, BOUNDS).unwrap();
        assert!(document.media_type.ends_with("spreadsheetml.sheet"));
        assert_eq!(document.text, "\u{c}【流水】\n月份\t工资\t\n3500\t元\t\n\u{c}【汇总】\n\t\n");
    }

    #[test]
    fn a_table_that_names_a_sheet_ever_again_and_one_that_takes_too_long_are_broken() {
        let types = WORD
            .replace("word/document", "xl/workbook")
            .replace("wordprocessingml.document", "spreadsheetml.sheet");
        let relations = r#"<Relationships><Relationship Id="a" Target="sheet.xml"/><Relationship Id="b" Target="/xl/sheet.xml"/></Relationships>"#;
        let sheet = format!("<worksheet>{}</worksheet>", "<row/>".repeat(2_000));
        let read = |names: &str, bounds| {
            let bytes = packed(&[
                ("[Content_Types].xml", types.as_bytes()),
                ("xl/workbook.xml", format!("<workbook>{names}</workbook>").as_bytes()),
                ("xl/_rels/workbook.xml.rels", relations.as_bytes()),
                ("xl/sheet.xml", sheet.as_bytes()),
            ]);
            read(&bytes, bounds).map(|_| ())
        };
        let once = r#"<sheet r:id="a"/>"#;
        assert_eq!(read(once, BOUNDS), Ok(()));
        for twice in [once.repeat(2), once.to_string() + r#"<sheet r:id="b"/>"#] {
            assert_eq!(read(&twice, BOUNDS), Err(Refused::FileBroken));
        }
        assert_eq!(read(once, Bounds { examine_ms: 0, ..BOUNDS }), Err(Refused::FileBroken));
    }

    #[test]
    fn a_document_of_the_oasis_is_read_and_one_with_a_password_refused() {
        let content = "<office:document-content><office:text><text:tracked-changes><text:p>删去</text:p></text:tracked-changes><text:h>标题</text:h><text:p>甲<text:s/>乙</text:p></office:text></office:document-content>";
        let kind = b"application/vnd.oasis.opendocument.text";
        let document =
            read(&packed(&[("mimetype", kind), ("content.xml", content.as_bytes())]), BOUNDS).unwrap();
        assert_eq!((document.media_type.as_bytes(), document.text.as_str()), (&kind[..], "标题\n甲 乙\n"));
        let locked = b"<manifest><file-entry><encryption-data/></file-entry></manifest>";
        let bytes =
            packed(&[("mimetype", kind), ("content.xml", b"\x01\x02"), ("META-INF/manifest.xml", locked)]);
        assert_eq!(read(&bytes, BOUNDS), Err(Refused::FileLocked));
    }

    #[test]
    fn what_would_harm_whoever_opens_it_is_refused() {
        let zeros = vec![b' '; 30_000_000];
        let some = vec![b' '; 5_000_000];
        let many: Vec<String> = (0..30).map(|n| format!("word/{n}.xml")).collect();
        let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), &b"<a/>"[..])).collect();
        let laughs = "<!DOCTYPE a [<!ENTITY b \"bbbbbbbb\">]><a>&b;</a>";
        let macros =
            WORD.replace("wordprocessingml.document.main", "wordprocessingml.document.macroEnabled.main");
        for (bytes, why) in [
            (word(DOCUMENT, &[("word/media/a.bin", &zeros)]), Refused::FileBomb),
            (word(DOCUMENT, &[("word/media/a.bin", &some)]), Refused::FileBomb),
            (word(DOCUMENT, &[("../../etc/passwd", b"x")]), Refused::FilePath),
            (word(DOCUMENT, &[("/etc/passwd", b"x")]), Refused::FilePath),
            (word(DOCUMENT, &[("word\\..\\x", b"x")]), Refused::FilePath),
            (word(DOCUMENT, &[("C:/x", b"x")]), Refused::FilePath),
            (word(DOCUMENT, &[("WORD/document.xml", b"x")]), Refused::FilePath),
            (word(DOCUMENT, &many), Refused::FileMembers),
            (word(DOCUMENT, &[("word/vbaProject.bin", b"x")]), Refused::FileMacro),
            (packed(&[("[Content_Types].xml", macros.as_bytes())]), Refused::FileMacro),
            (packed(&[("a.txt", b"x")]), Refused::FileArchive),
            (packed(&[("mimetype", b"application/epub+zip")]), Refused::FileArchive),
            (word(laughs, &[]), Refused::FileBroken),
            (word("<w:p>", &[]), Refused::FileBroken),
        ] {
            assert_eq!(read(&bytes, BOUNDS).err(), Some(why));
        }
        let whole = word(DOCUMENT, &[]);
        assert_eq!(read(&whole[..whole.len() / 2], BOUNDS).err(), Some(Refused::FileBroken));
    }

    #[test]
    fn an_old_file_and_one_with_a_password_are_told_apart() {
        assert_eq!(old(b"\xd0\xcf\x11\xe0 WordDocument"), Refused::FileOld);
        assert_eq!(old(&[&b"\xd0\xcf\x11\xe0"[..], ENCRYPTED].concat()), Refused::FileLocked);
    }

    proptest! {
        #[test]
        fn a_document_damaged_anywhere_stops_nothing(at in 0_usize..400, byte in any::<u8>()) {
            let mut bytes = word(DOCUMENT, &[]);
            let at = at % bytes.len();
            bytes[at] = byte;
            let _ = read(&bytes, BOUNDS);
        }
    }
}
