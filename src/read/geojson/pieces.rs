//! Cuts JSON text into the texts of its features without parsing them.

use std::io::{self, BufRead};

use crate::read::scan::LARGEST_RECORD;

/// Why a text cannot be read on.
#[derive(Debug)]
pub enum Fault {
    /// The disk.
    Io(io::Error),
    /// It ends in the middle.
    Truncated,
    /// One feature is larger than anything sensible.
    TooLarge,
    /// Not JSON, at this line.
    Syntax(u64),
    /// JSON, but no features.
    NotGeoJson,
    /// This feature is not well formed.
    Feature(u64, String),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Fault::Io(error)
    }
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Start,
    /// Between the elements of the list of features; true when it is the value of `features`.
    List(bool),
    /// Features one after the other, with or without record separators.
    Lines,
    End,
}

/// A stream of features.
pub struct Pieces<R> {
    text: R,
    state: State,
    line: u64,
    piece: Vec<u8>,
    declared: Option<String>,
}

impl<R: BufRead> Pieces<R> {
    /// From the beginning of a text without byte order mark.
    pub fn new(text: R) -> Self {
        Pieces { text, state: State::Start, line: 1, piece: Vec::new(), declared: None }
    }

    /// The text of the next feature (or bare geometry).
    pub fn next_feature(&mut self) -> Result<Option<&[u8]>, Fault> {
        let found = match self.state {
            State::Start => self.start()?,
            State::List(in_object) => self.element(in_object, false)?,
            State::Lines => self.line_of_its_own()?,
            State::End => false,
        };
        Ok(found.then_some(&self.piece))
    }

    /// The name in the `crs` member, which GeoJSON had until 2016 and GIS programs still write. Known after the last feature.
    pub fn declared_crs(&mut self) -> Option<String> {
        self.declared.take()
    }

    fn start(&mut self) -> Result<bool, Fault> {
        match self.next_visible()? {
            b'[' => {
                self.state = State::List(false);
                self.element(false, true)
            }
            b'{' => self.root(),
            _ => Err(Fault::Syntax(self.line)),
        }
    }

    /// The members of the root up to its list of features; a root without one is a feature or geometry itself.
    fn root(&mut self) -> Result<bool, Fault> {
        // A copy of what was passed, in case it turns out to be the feature.
        let mut whole = b"{".to_vec();
        let mut first = true;
        loop {
            match self.next_visible()? {
                b'}' => break,
                b',' if !first => match self.next_visible()? {
                    b'"' => {}
                    _ => return Err(Fault::Syntax(self.line)),
                },
                b'"' if first => {}
                _ => return Err(Fault::Syntax(self.line)),
            }
            let key = self.string()?;
            match self.next_visible()? {
                b':' => {}
                _ => return Err(Fault::Syntax(self.line)),
            }
            let begins = self.next_visible()?;
            if key == b"\"features\"" && begins == b'[' {
                self.state = State::List(true);
                return self.element(true, true);
            }
            self.value(begins)?;
            self.note_crs(&key);
            if !first {
                whole.push(b',');
            }
            first = false;
            if whole.len() as u64 + self.piece.len() as u64 > LARGEST_RECORD {
                return Err(Fault::TooLarge);
            }
            whole.extend_from_slice(&key);
            whole.push(b':');
            whole.extend_from_slice(&self.piece);
        }
        whole.push(b'}');
        if !is_feature(&whole) {
            return Err(Fault::NotGeoJson);
        }
        self.piece = whole;
        self.state = State::Lines;
        Ok(true)
    }

    /// The next element of a list of features.
    fn element(&mut self, in_object: bool, first: bool) -> Result<bool, Fault> {
        let mut next = self.next_visible()?;
        if next == b',' && !first {
            next = self.next_visible()?;
        } else if next != b']' && !first {
            return Err(Fault::Syntax(self.line));
        }
        match next {
            b'{' => {
                self.value(b'{')?;
                Ok(true)
            }
            b']' => {
                self.state = State::End;
                if in_object {
                    self.rest_of_root()?;
                }
                Ok(false)
            }
            _ => Err(Fault::Syntax(self.line)),
        }
    }

    /// Members behind the list of features; a text that ends before its last brace is truncated.
    fn rest_of_root(&mut self) -> Result<(), Fault> {
        loop {
            match self.next_visible()? {
                b'}' => return Ok(()),
                b',' => {}
                _ => return Err(Fault::Syntax(self.line)),
            }
            let b'"' = self.next_visible()? else { return Err(Fault::Syntax(self.line)) };
            let key = self.string()?;
            let b':' = self.next_visible()? else { return Err(Fault::Syntax(self.line)) };
            let begins = self.next_visible()?;
            self.value(begins)?;
            self.note_crs(&key);
        }
    }

    /// Behind a root that was itself a feature: another on the next line, or the end.
    fn line_of_its_own(&mut self) -> Result<bool, Fault> {
        match self.next_visible() {
            Ok(b'{') => {
                self.value(b'{')?;
                if is_feature(&self.piece) { Ok(true) } else { Err(Fault::NotGeoJson) }
            }
            Ok(_) => Err(Fault::Syntax(self.line)),
            Err(Fault::Truncated) => {
                self.state = State::End;
                Ok(false)
            }
            Err(fault) => Err(fault),
        }
    }

    fn note_crs(&mut self, key: &[u8]) {
        if key != b"\"crs\"" {
            return;
        }
        let name = serde_json::from_slice::<serde_json::Value>(&self.piece).ok();
        let name = name.as_ref().and_then(|crs| crs.pointer("/properties/name")).and_then(|name| name.as_str());
        if let Some(name) = name {
            self.declared = Some(name.to_owned());
        }
    }

    /// The next byte that is no white space (nor the record separator of RFC 8142), consumed.
    fn next_visible(&mut self) -> Result<u8, Fault> {
        loop {
            let buffer = self.text.fill_buf()?;
            if buffer.is_empty() {
                return Err(Fault::Truncated);
            }
            let blank = |b: &u8| matches!(b, b' ' | b'\n' | b'\r' | b'\t' | 0x1E);
            let at = buffer.iter().position(|b| !blank(b));
            let passed = &buffer[..at.unwrap_or(buffer.len())];
            self.line += passed.iter().filter(|b| **b == b'\n').count() as u64;
            let used = passed.len() + usize::from(at.is_some());
            let byte = at.map(|at| buffer[at]);
            self.text.consume(used);
            if let Some(byte) = byte {
                return Ok(byte);
            }
        }
    }

    /// A string whose opening quote is consumed, with both quotes.
    fn string(&mut self) -> Result<Vec<u8>, Fault> {
        self.value(b'"')?;
        Ok(std::mem::take(&mut self.piece))
    }

    /// Copies the value that begins with the consumed byte `begins` to `self.piece`; a bare word ends before its delimiter.
    fn value(&mut self, begins: u8) -> Result<(), Fault> {
        self.piece.clear();
        self.piece.push(begins);
        let is_word = !matches!(begins, b'{' | b'[' | b'"');
        let (mut depth, mut quoted, mut escaped) = (u64::from(matches!(begins, b'{' | b'[')), begins == b'"', false);
        loop {
            let buffer = self.text.fill_buf()?;
            if buffer.is_empty() {
                return Err(Fault::Truncated);
            }
            let mut end = None;
            for (at, &byte) in buffer.iter().enumerate() {
                if quoted {
                    match byte {
                        _ if escaped => escaped = false,
                        b'\\' => escaped = true,
                        b'"' => {
                            quoted = false;
                            if depth == 0 {
                                end = Some(at + 1);
                                break;
                            }
                        }
                        _ => {}
                    }
                } else if is_word {
                    if matches!(byte, b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t') {
                        end = Some(at);
                        break;
                    }
                } else {
                    match byte {
                        b'"' => quoted = true,
                        b'{' | b'[' => depth += 1,
                        b'}' | b']' => {
                            depth -= 1;
                            if depth == 0 {
                                end = Some(at + 1);
                                break;
                            }
                        }
                        _ => {}
                    }
                }
            }
            let used = end.unwrap_or(buffer.len());
            self.piece.extend_from_slice(&buffer[..used]);
            self.line += buffer[..used].iter().filter(|b| **b == b'\n').count() as u64;
            self.text.consume(used);
            if self.piece.len() as u64 > LARGEST_RECORD {
                return Err(Fault::TooLarge);
            }
            if end.is_some() {
                return Ok(());
            }
        }
    }
}

/// Whether an object says that it is a feature or a geometry.
fn is_feature(object: &[u8]) -> bool {
    #[derive(serde::Deserialize)]
    struct Typed<'a> {
        #[serde(borrow, rename = "type")]
        kind: Option<std::borrow::Cow<'a, str>>,
    }
    let kind = serde_json::from_slice::<Typed<'_>>(object).ok().and_then(|t| t.kind);
    let geometries = ["Feature", "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection"];
    kind.is_some_and(|kind| geometries.contains(&kind.as_ref()))
}
