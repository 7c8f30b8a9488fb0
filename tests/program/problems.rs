//! Every code of `docs/problems.md`: the page's own example is written into a folder, checked, and must be found as the page says.
//!
//! ````text
//! ```csv communities.csv gbk          a file, and how its text is turned into bytes
//! ```sh                               another command than `careshed check` over the files above
//! `E-NUM file=… row=… value=… exit=1` what must be found
//! > 中文 → 改法                        what is printed, in both languages
//! ````
//!
//! `CARESHED_WRITE_DOCS=1` writes the printed lines anew; what must be found is written by hand.

use std::path::Path;

use super::pages::{self, Example};
use careshed::problem::Code;

const PAGE: &str = include_str!("../../docs/problems.md");
const KEYS: [&str; 7] = ["file", "layer", "row", "feature", "field", "value", "exit"];

/// `E-NUM file=a.csv value=约500 exit=1` → code and pairs.
fn expected(line: &str) -> (String, Vec<(&'static str, String)>) {
    let mut starts: Vec<(usize, &'static str)> =
        KEYS.into_iter().filter_map(|key| line.find(&format!(" {key}=")).map(|at| (at, key))).collect();
    starts.sort_unstable();
    let end = |i: usize| starts.get(i + 1).map_or(line.len(), |(at, _)| *at);
    let pairs = starts.iter().enumerate().map(|(i, (at, key))| (*key, line[at + key.len() + 2..end(i)].to_owned()));
    (line[..starts.first().map_or(line.len(), |(at, _)| *at)].to_owned(), pairs.collect())
}

fn text_of(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| if value.is_null() { String::new() } else { value.to_string() }, str::to_owned)
}

/// Runs an example in a language: exit code, stdout, stderr.
fn run(example: &Example, dir: &Path, lang: &str) -> (i32, String, String) {
    let words = |line: &str| -> Vec<String> { line.split_whitespace().skip(1).map(|a| a.replace('␣', " ")).collect() };
    let lines: Vec<&str> = example.command.as_deref().unwrap_or_default().lines().collect();
    for line in &lines[..lines.len().saturating_sub(1)] {
        assert_cmd::Command::cargo_bin("careshed").unwrap().current_dir(dir).args(words(line)).assert().success();
    }
    let mut args: Vec<String> = match lines.last() {
        Some(line) => words(line),
        None if example.files.iter().any(|f| f.name == "study.toml") => vec!["check".into(), "study.toml".into()],
        None => std::iter::once("check".to_owned()).chain(example.files.iter().flat_map(|f| f.flag())).collect(),
    };
    if args[0] == "check" {
        args.extend(["--format".into(), "json".into()]);
    }
    args.extend(["--lang".into(), lang.into()]);
    let output = assert_cmd::Command::cargo_bin("careshed").unwrap().current_dir(dir).args(&args).output().unwrap();
    (
        output.status.code().unwrap(),
        String::from_utf8_lossy(&output.stdout).into_owned(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

/// What is wrong with an example; and the two lines that the program prints for it.
fn judge(section: &str, example: &Example) -> (Vec<String>, [String; 2]) {
    let dir = tempfile::tempdir().unwrap();
    for file in &example.files {
        file.write(dir.path());
    }
    let (code, pairs) = expected(&example.expected);
    let mut wrong = Vec::new();
    if code != section {
        wrong.push(format!("an example of {code} stands under {section}"));
    }
    let mut printed = [String::new(), String::new()];
    let folder = dir.path().to_string_lossy().into_owned();
    for (line, lang) in printed.iter_mut().zip(["zh", "en"]) {
        let (exit, stdout, stderr) = run(example, dir.path(), lang);
        // Whole paths differ from run to run.
        let [stdout, stderr] = [stdout, stderr].map(|text| text.replace(&format!("{folder}/"), ""));
        let wanted = pairs.iter().find(|(key, _)| *key == "exit").map_or("", |(_, v)| v);
        if exit.to_string() != wanted {
            wrong.push(format!("{code}: exit {exit}\n{stdout}{stderr}"));
        }
        let Ok(report) = serde_json::from_str::<serde_json::Value>(&stdout) else {
            // Other commands say it to people.
            match stderr.lines().skip_while(|l| !l.starts_with(&code)).collect::<Vec<_>>().as_slice() {
                [_, message, remedy, ..] => *line = format!("> {} {}", message.trim(), remedy.trim()),
                _ => wrong.push(format!("{code} is not said:\n{stdout}{stderr}")),
            }
            continue;
        };
        let fits = |problem: &&serde_json::Value| {
            problem["code"] == code.as_str()
                && pairs.iter().filter(|(key, _)| *key != "exit").all(|(key, value)| text_of(&problem[key]) == *value)
        };
        let all = report["problems"].as_array().unwrap();
        match all.iter().find(fits) {
            Some(problem) => {
                let severity = if code.starts_with('E') { "error" } else { "warning" };
                assert_eq!(problem["severity"], severity);
                let [message, remedy] = ["message", "remedy"].map(|key| text_of(&problem[key]));
                // A placeholder that nobody filled looks like `{name}`.
                let unfilled = |text: &str| text.split('{').skip(1).any(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase()));
                if message.is_empty() || remedy.is_empty() || unfilled(&message) || unfilled(&remedy) {
                    wrong.push(format!("{code}: message “{message}”, remedy “{remedy}”"));
                }
                *line = format!("> {message} → {remedy}");
            }
            None => wrong.push(format!("{} is not found:\n{report:#}", example.expected)),
        }
    }
    (wrong, printed)
}

#[test]
fn every_example_of_the_page_of_problems_is_found_as_the_page_says() {
    let mut wrong = Vec::new();
    let mut page = PAGE.to_owned();
    for (code, examples) in pages::sections(PAGE) {
        for example in examples {
            let (found, printed) = judge(&code, &example);
            wrong.extend(found);
            let lines = printed.join("\n>\n") + "\n";
            if example.printed != lines {
                page = page.replacen(
                    &format!("`{}`\n\n{}", example.expected, example.printed),
                    &format!("`{}`\n\n{lines}", example.expected),
                    1,
                );
                wrong.push(format!("{code}: the program prints\n{lines}and the page says\n{}", example.printed));
            }
        }
    }
    if std::env::var_os("CARESHED_WRITE_DOCS").is_some() {
        std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/problems.md"), page).unwrap();
    }
    assert!(wrong.is_empty(), "{} things are wrong\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn the_page_of_problems_has_every_code_and_no_other() {
    let there: Vec<String> = pages::sections(PAGE).into_iter().map(|(code, _)| code).collect();
    let mut sorted: Vec<&str> = there.iter().map(String::as_str).collect();
    sorted.sort_unstable();
    let mut codes: Vec<&str> = Code::ALL.iter().map(|c| c.text()).collect();
    codes.sort_unstable();
    assert_eq!(sorted, codes);
    for (code, examples) in pages::sections(PAGE) {
        // A plan that the audit refuses would be a mistake of the program: no input brings it about.
        assert!(!examples.is_empty() || code == "E-AUDIT", "{code} has no example");
    }
}

#[test]
fn each_of_the_twenty_five_bad_inputs_is_in_the_list_of_the_page_with_codes_that_have_examples() {
    let rows: Vec<&str> =
        PAGE.lines().filter(|l| l.starts_with("| ") && l.split('|').nth(1).is_some_and(|n| n.trim().parse::<u32>().is_ok())).collect();
    assert_eq!(rows.len(), 25);
    let sections = pages::sections(PAGE);
    for (n, row) in rows.iter().enumerate() {
        assert_eq!(row.split('|').nth(1).unwrap().trim(), (n + 1).to_string());
        let codes: Vec<&str> = row.split('`').skip(1).step_by(2).filter(|c| c.starts_with("E-") || c.starts_with("W-")).collect();
        assert!(!codes.is_empty(), "{row}");
        for code in codes {
            assert!(sections.iter().any(|(c, examples)| c == code && !examples.is_empty()), "{row}: {code} has no example");
        }
    }
}
