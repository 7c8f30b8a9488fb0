//! `run.json`: what a run depended on, so that it can be repeated and checked: version, settings, and the SHA-256 of every input.
//!
//! It holds no time, host, thread count or output folder: the same inputs give the same bytes.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::policy::Pack;
use crate::read::Input;
use crate::settings::{Settings, file};
use crate::words::Lang;

/// The record of one run.
#[derive(Debug, Serialize)]
struct Record<'a> {
    schema: u32,
    careshed: &'static str,
    command: &'a str,
    lang: &'static str,
    options: &'a [(String, String)],
    #[serde(skip_serializing_if = "toml::Table::is_empty")]
    settings: toml::Table,
    inputs: Vec<Hashed>,
    packs: Vec<Hashed>,
}

#[derive(Debug, Serialize)]
struct Hashed {
    path: String,
    sha256: String,
}

/// The same for a command without a study: its options and files are all there is.
pub fn bare(command: &str, options: &[(String, String)], files: &[&Input], lang: Lang) -> io::Result<String> {
    let mut inputs = Vec::new();
    for input in files {
        hash_input(input, &mut inputs)?;
    }
    text(Record {
        schema: 1,
        careshed: env!("CARGO_PKG_VERSION"),
        command,
        lang: lang.code(),
        options,
        settings: toml::Table::new(),
        inputs,
        packs: Vec::new(),
    })
}

/// The text of `run.json`. `options` are what the command was asked beside the study (`nearest = 3`).
pub fn json(command: &str, options: &[(String, String)], settings: &Settings, packs: &[&Pack], lang: Lang) -> io::Result<String> {
    json_with(command, options, &[], settings, packs, lang)
}

/// The same for a command that reads files beside the study (`--plan plan.json`): they are inputs like the others.
pub fn json_with(
    command: &str,
    options: &[(String, String)],
    files: &[&Path],
    settings: &Settings,
    packs: &[&Pack],
    lang: Lang,
) -> io::Result<String> {
    let mut portable = settings.clone();
    for input in portable.inputs.all_mut() {
        input.shown = portable_path(&input.shown);
    }
    let mut inputs = Vec::new();
    for (_, list) in settings.inputs.tables() {
        for input in list {
            hash_input(input, &mut inputs)?;
            if let Some(register) = &input.register {
                hash_input(&register.input, &mut inputs)?;
            }
        }
    }
    for path in files {
        inputs.push(Hashed { path: portable_path(&file::shown(path)), sha256: sha256_of(path)? });
    }
    inputs.sort_by(|a, b| a.path.cmp(&b.path));
    inputs.dedup_by(|a, b| a.path == b.path);
    text(Record {
        schema: 1,
        careshed: env!("CARGO_PKG_VERSION"),
        command,
        lang: lang.code(),
        options,
        settings: file::to_table(&portable),
        inputs,
        packs: packs.iter().map(|p| Hashed { path: p.id.clone(), sha256: p.sha256.clone() }).collect(),
    })
}

fn text(record: Record<'_>) -> io::Result<String> {
    let mut text = serde_json::to_string_pretty(&record).map_err(io::Error::other)?;
    text.push('\n');
    Ok(text)
}

/// A shapefile is several files; each that exists is an input.
fn hash_input(input: &Input, into: &mut Vec<Hashed>) -> io::Result<()> {
    let shown = portable_path(&input.shown);
    into.push(Hashed { path: shown.clone(), sha256: sha256_of(&input.path)? });
    let is_shape = input.path.extension().is_some_and(|e| e.eq_ignore_ascii_case("shp"));
    for part in ["cpg", "CPG", "dbf", "DBF", "prj", "PRJ", "shx", "SHX"].into_iter().filter(|_| is_shape) {
        let path = input.path.with_extension(part);
        if path.is_file() {
            into.push(Hashed { path: format!("{}{part}", &shown[..shown.len() - 3]), sha256: sha256_of(&path)? });
        }
    }
    Ok(())
}

/// SHA-256 of a file, read in pieces.
pub fn sha256_of(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let n = file.read(&mut buffer)?;
        if n == 0 {
            return Ok(hex(&hasher.finalize()));
        }
        hasher.update(&buffer[..n]);
    }
}

/// SHA-256 of a text.
pub fn sha256_of_text(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// A path without the machine in it: as it stands when relative, else relative to the working directory, else the bare name.
fn portable_path(shown: &str) -> String {
    let path = PathBuf::from(shown);
    if path.is_relative() {
        return shown.to_owned();
    }
    let here = std::env::current_dir().ok().and_then(|dir| path.strip_prefix(dir).ok().map(file::shown));
    here.or_else(|| path.file_name().map(|n| n.to_string_lossy().into_owned())).unwrap_or_else(|| shown.to_owned())
}
