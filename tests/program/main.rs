//! The program as its users meet it: the binary, files in and files out.

mod access;
mod check;
mod commands;
mod desk;
mod edges;
mod limits;
mod money;
mod packs;
mod pages;
mod plan;
mod problems;
mod real;
mod shifted;
mod worked;

use std::path::{Path, PathBuf};
use std::process::Output;

/// Runs the program in English and answers what it said.
fn careshed(args: &[&str]) -> Output {
    assert_cmd::Command::cargo_bin("careshed").unwrap().args(args).args(["--lang", "en"]).output().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A table as rows of (heading → cell), its BOM taken off.
fn table(path: &Path) -> Vec<std::collections::BTreeMap<String, String>> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let headings = reader.headers().unwrap().clone();
    reader.records().map(|r| headings.iter().map(str::to_owned).zip(r.unwrap().iter().map(str::to_owned)).collect()).collect()
}

/// Every file below a folder with its bytes, by name.
fn files(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut left = vec![dir.to_path_buf()];
    while let Some(next) = left.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                left.push(path);
            } else {
                found.push((path.strip_prefix(dir).unwrap().to_path_buf(), std::fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}
