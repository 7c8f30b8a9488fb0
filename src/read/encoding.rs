//! In which encoding a text was written: as said, as recognised by its spelling, or judged over the whole file and never value by value.

use std::io::{self, BufRead, Read};

use super::Input;
use crate::problem::{Code, Problem, Problems};
use encoding_rs::{BIG5, CoderResult, Decoder, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

/// The encoding that a study, a `.cpg` file or a menu means. GBK and GB2312 are read as GB18030, which contains both; `None` for a
/// spelling that is unknown or, like `OEM` and `ANSI`, says only "that of the machine".
pub fn named(label: &str) -> Option<&'static Encoding> {
    let plain: String = label.trim_matches('\u{feff}').chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
    let number = plain
        .trim_start_matches("ANSI")
        .trim_start_matches("OEM")
        .trim_start_matches("WINDOWS")
        .trim_start_matches("CP")
        .trim_start_matches("MS");
    match number {
        "" => None,
        "UTF8" | "65001" | "UTF8SIG" | "UTF8BOM" => Some(UTF_8),
        "936" | "GBK" | "GB2312" | "GB23121980" | "EUCCN" | "GB18030" | "54936" | "20936" | "XGBK" | "CHINESE" => Some(GB18030),
        "950" | "BIG5" => Some(BIG5),
        "UTF16" | "UTF16LE" | "1200" => Some(UTF_16LE),
        "UTF16BE" | "1201" => Some(UTF_16BE),
        _ => Encoding::for_label(label.trim().as_bytes())
            .or_else(|| Encoding::for_label(plain.to_ascii_lowercase().as_bytes()))
            .or_else(|| Encoding::for_label(format!("windows-{number}").as_bytes())),
    }
}

/// Whether a label only says "that of the machine", which is no name.
pub(super) fn of_the_machine(label: &str) -> bool {
    ["oem", "ansi", "acp", "system", "local", "default", "none"].contains(&label.trim().to_ascii_lowercase().as_str())
}

/// What is in a text, gathered value by value (or line by line).
#[derive(Debug, Default)]
pub struct Evidence {
    seen_beyond_ascii: u64,
    bad_utf8: u64,
    bad_gb: u64,
    /// Values that are sound in both encodings, but in GB18030 only by characters that hardly anybody writes.
    rare_gb: u64,
    /// Values that are sound in GB18030 and made of everyday characters, as no text of a European alphabet is.
    everyday_gb: u64,
    /// To be shown: values, else what stands above the first row of numbers, else headings.
    samples: [Vec<Vec<u8>>; 3],
    scratch: Vec<u8>,
}

/// What the evidence says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judged {
    /// Plain ASCII: any encoding will do.
    Ascii,
    /// Every value is well formed in this encoding.
    Sound(&'static Encoding),
    /// No encoding fits all; this one fits most.
    Mostly(&'static Encoding),
}

impl Judged {
    /// The encoding to read with.
    pub fn encoding(self) -> &'static Encoding {
        match self {
            Judged::Ascii => UTF_8,
            Judged::Sound(encoding) | Judged::Mostly(encoding) => encoding,
        }
    }
}

/// What a value is for a person who looks at samples: a heading says little.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    /// In a row.
    Value,
    /// Above the first row that holds a number: a title, a second heading, or a row of words alone.
    Above,
    /// The name of a column or property.
    Heading,
}

/// How many values are kept to be shown.
const SAMPLES: usize = 3;

impl Evidence {
    /// Looks at one value. `cut`: it fills its field, so that its last character may be missing bytes.
    pub fn add(&mut self, value: &[u8], cut: bool) {
        self.add_as(Stands::Value, value, cut);
    }

    /// The same for a value that does not stand in a row.
    pub fn add_as(&mut self, stands: Stands, value: &[u8], cut: bool) {
        if value.is_ascii() {
            return;
        }
        self.seen_beyond_ascii += 1;
        if self.samples[stands as usize].len() < SAMPLES {
            self.sample(stands, value);
        }
        let bad_utf8 = std::str::from_utf8(value).is_err_and(|error| !(cut && error.error_len().is_none()));
        let bad_gb = !sound_gb(value, cut, &mut self.scratch);
        self.bad_utf8 += u64::from(bad_utf8);
        self.bad_gb += u64::from(bad_gb);
        let everyday = !bad_gb && !beyond_gb2312(value);
        self.rare_gb += u64::from(!bad_utf8 && !bad_gb && !everyday);
        self.everyday_gb += u64::from(everyday);
    }

    /// Keeps what is beyond ASCII in a value, or in a line of values: no character of UTF-8 or GB18030 holds one of these separators.
    fn sample(&mut self, stands: Stands, value: &[u8]) {
        let separates = |b: &u8| matches!(b, b',' | b';' | b':' | b'"' | b'\t' | b'\n' | b'\r' | b'<' | b'>');
        let mut rest = value;
        while !rest.is_empty() {
            let (part, after) = rest.split_at(rest.iter().position(separates).unwrap_or(rest.len()));
            rest = after.get(1..).unwrap_or_default();
            // A key of JSON.
            let named = after.first() == Some(&b'"') && rest.trim_ascii_start().first() == Some(&b':');
            let samples = &mut self.samples[if named { Stands::Heading } else { stands } as usize];
            let part = part.trim_ascii();
            let part = &part[..part.len().min(240)];
            if samples.len() < SAMPLES && !part.is_ascii() && !samples.iter().any(|s| s == part) {
                samples.push(part.to_vec());
            }
        }
    }

    /// Chinese text in GBK is practically never well formed as UTF-8, while the reverse is common: so UTF-8 is asked first.
    pub fn judge(&self) -> Judged {
        match self {
            _ if self.seen_beyond_ascii == 0 => Judged::Ascii,
            _ if self.bad_utf8 == 0 => Judged::Sound(UTF_8),
            _ if self.bad_gb == 0 => Judged::Sound(GB18030),
            _ if self.bad_utf8 <= self.bad_gb => Judged::Mostly(UTF_8),
            _ => Judged::Mostly(GB18030),
        }
    }

    /// Whether every value is well formed in `encoding`, as far as that can be said.
    pub fn fits(&self, encoding: &'static Encoding) -> bool {
        match encoding {
            e if e == UTF_8 => self.bad_utf8 == 0,
            // Well-formed UTF-8 of a few Chinese words can pass as GB18030 too, but not as its everyday characters; many words cannot
            // mean both.
            e if e == GB18030 => self.bad_gb == 0 && (self.bad_utf8 > 0 || self.rare_gb == 0 && self.seen_beyond_ascii < 4),
            e if e == BIG5 || !e.is_single_byte() => true,
            // Any bytes at all are text in an alphabet of single bytes: it is believed where they are not plainly something else.
            _ => self.bad_utf8 > 0 && (self.bad_gb > 0 || self.everyday_gb * 2 <= self.seen_beyond_ascii),
        }
    }

    /// Up to three values as they read in `encoding`, for a person to look at.
    pub fn samples(&self, encoding: &'static Encoding) -> String {
        let best = self.samples.iter().find(|samples| !samples.is_empty());
        let shown: Vec<String> = best.into_iter().flatten().map(|s| shorten(&decode(encoding, s, true))).collect();
        shown.join(" / ")
    }
}

/// As studies write it.
fn shown(encoding: &'static Encoding) -> String {
    encoding.name().to_uppercase()
}

fn shorten(text: &str) -> String {
    let text = text.trim();
    if text.chars().count() > 24 { text.chars().take(24).chain(['…']).collect() } else { text.to_owned() }
}

fn sound_gb(value: &[u8], cut: bool, room: &mut Vec<u8>) -> bool {
    let mut decoder = GB18030.new_decoder_without_bom_handling();
    room.resize(decoder.max_utf8_buffer_length_without_replacement(value.len()).unwrap_or(value.len()), 0);
    let (result, _, _) = decoder.decode_to_utf8_without_replacement(value, room, !cut);
    result == encoding_rs::DecoderResult::InputEmpty
}

/// Whether a value read in GB18030 holds a character outside GB2312, whose two bytes are both at least 0xA1.
fn beyond_gb2312(value: &[u8]) -> bool {
    let mut bytes = value.iter();
    while let Some(first) = bytes.next() {
        if *first >= 0x80 && (*first < 0xA1 || bytes.next().is_some_and(|second| *second < 0xA1)) {
            return true;
        }
    }
    false
}

/// Text of one value; what is not well formed becomes U+FFFD. `cut`: an unfinished last character is dropped instead.
pub fn decode(encoding: &'static Encoding, value: &[u8], cut: bool) -> String {
    let mut out = String::new();
    decode_into(encoding, value, cut, &mut out);
    out
}

/// The same, appended to `out`.
pub fn decode_into(encoding: &'static Encoding, value: &[u8], cut: bool, out: &mut String) {
    if let Some(text) = value.is_ascii().then(|| std::str::from_utf8(value).ok()).flatten() {
        out.push_str(text);
        return;
    }
    let mut decoder = encoding.new_decoder_without_bom_handling();
    out.reserve(decoder.max_utf8_buffer_length(value.len()).unwrap_or(value.len() * 3) + 4);
    let (_, _, _) = decoder.decode_to_string(value, out, !cut);
}

/// The encoding that the study names for a file; an error, already reported, when there is no such encoding.
pub(super) fn explicit(input: &Input, problems: &mut Problems) -> Result<Option<&'static Encoding>, ()> {
    let Some(label) = &input.encoding else { return Ok(None) };
    let encoding = named(label);
    if encoding.is_none() {
        let problem = Problem::new(Code::E_SETTING).file(&input.shown).field("encoding").value(label);
        problems.push(problem.why("@why.enc.unknown").with("hint", "@why.enc.hint"));
    }
    encoding.map(Some).ok_or(())
}

/// An encoding, why it was taken, and up to three values as they read in it.
#[derive(Debug, Clone)]
pub(super) struct Decided {
    pub encoding: &'static Encoding,
    pub from: &'static str,
    pub samples: String,
}

impl Decided {
    /// With the samples of the evidence.
    pub fn new(encoding: &'static Encoding, from: &'static str, evidence: &Evidence) -> Self {
        Decided { encoding, from, samples: evidence.samples(encoding) }
    }

    /// Tells a reader's result.
    pub fn tell(&self, scanned: super::Scanned) -> super::Scanned {
        super::Scanned { encoding: Some(self.encoding.name()), encoding_from: self.from, samples: self.samples.clone(), ..scanned }
    }
}

/// A warning that text was read in an encoding nobody vouches for, with samples to look at.
pub(super) fn doubt(input: &Input, code: Code, why: &'static str, encoding: &'static Encoding, evidence: &Evidence) -> Problem {
    Problem::new(code)
        .file(&input.shown)
        .value(evidence.samples(encoding))
        .why(why)
        .with("encoding", shown(encoding))
        .with("better", shown(evidence.judge().encoding()))
}

/// A reader of UTF-8 over a reader of another encoding. A byte order mark wins and is dropped.
pub struct Utf8Stream<R> {
    source: R,
    decoder: Decoder,
    out: Vec<u8>,
    given: usize,
    ended: bool,
}

impl<R: BufRead> Utf8Stream<R> {
    /// Malformed bytes become U+FFFD.
    pub fn new(source: R, encoding: &'static Encoding) -> Self {
        Utf8Stream { source, decoder: encoding.new_decoder(), out: Vec::new(), given: 0, ended: false }
    }
}

impl<R: BufRead> Read for Utf8Stream<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let ready = self.fill_buf()?;
        let n = ready.len().min(into.len());
        into[..n].copy_from_slice(&ready[..n]);
        self.consume(n);
        Ok(n)
    }
}

impl<R: BufRead> BufRead for Utf8Stream<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.given == self.out.len() && !self.ended {
            let input = self.source.fill_buf()?;
            let input = &input[..input.len().min(1 << 16)];
            let last = input.is_empty();
            self.out.resize(self.decoder.max_utf8_buffer_length(input.len()).unwrap_or(1 << 18), 0);
            let (result, read, written, _) = self.decoder.decode_to_utf8(input, &mut self.out, last);
            self.out.truncate(written);
            self.given = 0;
            self.source.consume(read);
            self.ended = last && result == CoderResult::InputEmpty;
        }
        Ok(&self.out[self.given..])
    }

    fn consume(&mut self, amount: usize) {
        self.given = (self.given + amount).min(self.out.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_gbk_and_utf8_are_understood() {
        for label in ["GBK", "gbk", "CP936", "936", "GB2312", "GB18030", "ANSI 936", "cp-936", "windows-936", "OEM 936", "x-gbk"] {
            assert_eq!(named(label), Some(GB18030), "{label}");
        }
        for label in ["UTF-8", "utf8", "65001", "\u{feff}UTF-8\r\n", "utf-8-sig"] {
            assert_eq!(named(label), Some(UTF_8), "{label}");
        }
        for label in ["OEM", "ANSI", "", "klingon"] {
            assert_eq!(named(label), None, "{label}");
        }
        assert_eq!(named("ISO-8859-1").map(Encoding::name), Some("windows-1252"));
        assert_eq!(named("ISO 88591").map(Encoding::name), Some("windows-1252"));
        assert_eq!(named("ANSI 1252").map(Encoding::name), Some("windows-1252"));
    }

    fn judged(values: &[&[u8]], cut: bool) -> Judged {
        let mut evidence = Evidence::default();
        values.iter().for_each(|v| evidence.add(v, cut));
        evidence.judge()
    }

    #[test]
    fn the_encoding_is_judged_over_all_values() {
        let gbk = |text: &str| GB18030.encode(text).0.into_owned();
        assert_eq!(judged(&[b"plain"], false), Judged::Ascii);
        assert_eq!(judged(&["太行西街".as_bytes(), "潞州区".as_bytes()], false), Judged::Sound(UTF_8));
        assert_eq!(judged(&[&gbk("太行西街"), &gbk("潞州区")], false), Judged::Sound(GB18030));
        // A value cut inside its last character is still of its encoding.
        assert_eq!(judged(&[&"太行西街".as_bytes()[..10]], true), Judged::Sound(UTF_8));
        assert_eq!(judged(&[&gbk("太行西街")[..7]], true), Judged::Sound(GB18030));
        assert_eq!(judged(&["太".as_bytes(), &[0xFF, 0xFF], &[0xB0]], false), Judged::Mostly(UTF_8));
    }

    #[test]
    fn a_few_words_of_utf8_are_no_gbk_and_words_that_are_both_may_be() {
        let evidence = |values: &[&[u8]]| {
            let mut evidence = Evidence::default();
            values.iter().for_each(|v| evidence.add(v, false));
            evidence
        };
        assert!(!evidence(&["福安养老服务站".as_bytes()]).fits(GB18030));
        assert!(evidence(&[&GB18030.encode("福安养老服务站").0]).fits(GB18030));
        // 学校 in GBK is well formed in UTF-8 as well: what the file declares decides.
        let both = GB18030.encode("学校").0.into_owned();
        assert!(evidence(&[&both]).fits(GB18030) && evidence(&[&both]).fits(UTF_8));
        // Beside one value that is plainly GBK it is GBK, whatever it looks like alone.
        assert_eq!(evidence(&[&both, &GB18030.encode("北街社区").0]).judge(), Judged::Sound(GB18030));
    }

    #[test]
    fn three_values_are_shown_and_headings_only_where_there_are_none() {
        let mut evidence = Evidence::default();
        evidence.add_as(Stands::Heading, &GB18030.encode("代码,名称,街道\r\n").0, false);
        assert_eq!(evidence.samples(GB18030), "代码 / 名称 / 街道");
        evidence.add(&GB18030.encode("140403001001,北街社区,太行西街\r\n").0, false);
        assert_eq!(evidence.samples(GB18030), "北街社区 / 太行西街");
        let mut evidence = Evidence::default();
        evidence.add("{\"properties\":{\"名称\" : \"北街社区\"}}".as_bytes(), false);
        assert_eq!(evidence.samples(UTF_8), "北街社区");
    }

    #[test]
    fn chinese_text_is_not_european_whatever_a_label_says() {
        let fits = |values: &[&[u8]]| {
            let mut evidence = Evidence::default();
            values.iter().for_each(|v| evidence.add(v, false));
            evidence.fits(encoding_rs::WINDOWS_1252)
        };
        assert!(!fits(&[&GB18030.encode("福安养老服务站").0, &GB18030.encode("康宁").0]));
        assert!(!fits(&["福安养老服务站".as_bytes()]));
        assert!(fits(&[b"Caf\xE9 du Nord", b"Stra\xDFe", b"S\xE3o Jo\xE3o"]));
    }

    #[test]
    fn a_stream_is_decoded_across_any_border_of_its_chunks() {
        let text = "编号,名称\n1,太行西街社区𠮷\n".repeat(50);
        let bytes = GB18030.encode(&text).0.into_owned();
        for chunk in [1, 2, 3, 7, 64, 1 << 12] {
            let mut out = String::new();
            Utf8Stream::new(io::BufReader::with_capacity(chunk, &bytes[..]), GB18030).read_to_string(&mut out).unwrap();
            assert_eq!(out, text);
        }
        let mut out = String::new();
        let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain("编号".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        Utf8Stream::new(&utf16[..], UTF_8).read_to_string(&mut out).unwrap();
        assert_eq!(out, "编号");
    }
}
