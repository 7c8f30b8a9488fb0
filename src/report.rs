//! Findings → files: one file per format; no calculation here.
//!
//! A [`table`] says which columns there are and what stands in each row; the writers ([`csv`], [`geojson`], [`xlsx`]) say how that
//! looks in a file; [`output`] sees to it that a folder gets all files of a run or none.

pub mod access;
pub mod allot;
pub mod audit;
pub mod by_unit;
pub mod candidates;
pub mod check_book;
pub mod circles;
pub mod communities;
pub mod csv;
pub mod explain;
pub mod flip;
pub mod fund;
pub mod geojson;
pub mod gpkg;
pub mod headline;
pub mod inputs;
pub mod joint;
pub mod matrix;
pub mod norm;
pub mod output;
pub mod page;
pub mod plan;
pub mod problems;
pub mod run_record;
pub mod sensitivity;
pub mod shortage;
pub mod summary;
pub mod table;
pub mod totals;
pub mod value;
pub mod verdicts;
pub mod workbook;
pub mod xlsx;

#[cfg(test)]
pub(crate) mod sample;

use crate::study::Findings;
use crate::words::Lang;
use output::Job;
use table::Table;

/// What `check` writes: `network-audit.geojson`, where there are streets.
pub fn check_files(findings: &Findings, lang: Lang) -> Vec<Job<'_>> {
    let audit = || Job::new("network-audit.geojson", move |out| audit::write(findings, lang, out));
    findings.audit.iter().map(|_| audit()).collect()
}

/// What `cover` writes: `totals.csv` and `communities.csv|geojson|xlsx`.
pub fn cover_files(findings: &Findings, lang: Lang) -> Vec<Job<'_>> {
    let mut files = all_formats("communities", lang, move || communities::table(findings, lang));
    files.push(csv_file("totals", || totals::table(findings)));
    files
}

/// What was asked for about the edges of an answer: `flip.csv`, `sensitivity.csv`.
pub fn edge_files(findings: &Findings) -> Vec<Job<'_>> {
    let flip = findings.settings.within.map(|_| csv_file("flip", || flip::table(findings)));
    let sensitivity = findings.sensitivity.as_ref().map(|_| csv_file("sensitivity", || sensitivity::table(findings)));
    flip.into_iter().chain(sensitivity).collect()
}

/// What `rank` writes: `candidates.csv|geojson|xlsx` by the first pack, `candidates.PACK.csv` by each further one, `verdicts.csv` and
/// `rules.csv` over all packs.
pub fn rank_files(findings: &Findings, lang: Lang) -> Vec<Job<'_>> {
    let mut files = Vec::new();
    for (index, found) in findings.packs.iter().enumerate() {
        let table = move || candidates::table(findings, index);
        match index {
            0 => files.extend(all_formats("candidates", lang, table)),
            _ => files.push(csv_file(&format!("candidates.{}", candidates::file_part(&found.pack.id)), table)),
        }
    }
    files.push(csv_file("verdicts", || verdicts::table(findings)));
    files.push(csv_file("rules", || verdicts::rules(findings)));
    files
}

/// A table makes its rows while it is written, so each file makes its own in its own thread.
pub fn csv_file<'a>(stem: &str, table: impl FnOnce() -> Table<'a> + Send + 'a) -> Job<'a> {
    Job::new(format!("{stem}.csv"), move |out| csv::write(&table(), out))
}

/// The workbook first: it takes longest.
fn all_formats<'a>(stem: &'static str, lang: Lang, table: impl Fn() -> Table<'a> + Copy + Send + 'a) -> Vec<Job<'a>> {
    vec![
        Job::new(format!("{stem}.xlsx"), move |out| xlsx::write(&table(), lang, out)),
        Job::new(format!("{stem}.geojson"), move |out| geojson::write(&table(), stem, out)),
        csv_file(stem, table),
    ]
}

#[cfg(test)]
mod tests {
    use super::output::OutputFolder;
    use super::*;
    use std::fs;
    use std::path::Path;

    fn written(findings: &Findings, dir: &Path) -> Vec<(String, Vec<u8>)> {
        let mut folder = OutputFolder::new(dir).unwrap();
        folder.add_all(cover_files(findings, Lang::Zh)).unwrap();
        folder.add_all(rank_files(findings, Lang::Zh)).unwrap();
        folder.commit().unwrap();
        let mut files: Vec<_> = fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
        files.sort();
        files.into_iter().map(|p| (p.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(&p).unwrap())).collect()
    }

    #[test]
    fn a_study_leaves_the_files_of_the_contract_and_the_same_bytes_each_time() {
        let parent = tempfile::tempdir().unwrap();
        let once = written(&sample::findings(), &parent.path().join("成果 一"));
        let names: Vec<&str> = once.iter().map(|(name, _)| name.as_str()).collect();
        let expected = [
            "candidates._own_pack.csv",
            "candidates.csv",
            "candidates.geojson",
            "candidates.xlsx",
            "communities.csv",
            "communities.geojson",
            "communities.xlsx",
            "rules.csv",
            "totals.csv",
            "verdicts.csv",
        ];
        assert_eq!(names, expected);
        // The zip format counts in steps of two seconds: a clock in a file would show.
        std::thread::sleep(std::time::Duration::from_millis(2100));
        assert_eq!(once, written(&sample::findings(), &parent.path().join("成果 二")));
    }

    #[test]
    fn without_streets_every_table_says_so_on_every_row() {
        let parent = tempfile::tempdir().unwrap();
        for (name, bytes) in written(&sample::straight(), parent.path()) {
            if !name.ends_with(".csv") {
                continue;
            }
            let text = String::from_utf8(bytes).unwrap();
            let mut lines = text.lines();
            assert!(lines.next().unwrap().ends_with(",stamp"), "{name}");
            for line in lines {
                assert!(line.ends_with(",W-STRAIGHT 直线距离 straight line × 1.3"), "{name}: {line}");
            }
        }
    }

    #[test]
    fn names_and_phones_of_persons_stand_in_no_table() {
        let parent = tempfile::tempdir().unwrap();
        // The sheets are compressed, but come from the same tables.
        for (name, bytes) in written(&sample::findings(), parent.path()).into_iter().filter(|(name, _)| !name.ends_with(".xlsx")) {
            let text = String::from_utf8(bytes).unwrap();
            for secret in ["张三", "13900000000", "13800000000", "联系电话"] {
                assert!(!text.contains(secret), "{name} holds {secret}");
            }
        }
    }

    /// The part of the documentation under the heading of a file.
    fn documented(file: &str) -> &'static str {
        let docs = include_str!("../docs/outputs.md");
        let start = docs.find(&format!("\n## `{file}`\n")).unwrap_or_else(|| panic!("docs/outputs.md has no part on {file}"));
        let rest = &docs[start + 4..];
        &rest[..rest.find("\n## ").unwrap_or(rest.len())]
    }

    #[test]
    fn every_column_that_a_writer_emits_is_documented_under_its_file() {
        let findings = sample::findings();
        let tables = [
            ("totals.csv", totals::table(&findings)),
            ("flip.csv", flip::table(&findings)),
            ("sensitivity.csv", sensitivity::table(&findings)),
            ("communities.csv", communities::table(&findings, Lang::En)),
            ("candidates.csv", candidates::table(&findings, 0)),
            ("verdicts.csv", verdicts::table(&findings)),
            ("rules.csv", verdicts::rules(&findings)),
            ("fund.csv", fund::table(&findings.city, &[])),
            ("fund_totals.csv", fund::totals(&[])),
            ("fund_projects.csv", fund::projects(&findings.city, &[])),
            ("shortage.csv", shortage::table(&[])),
            ("norm.csv", norm::table(&findings, &[])),
            ("joint.csv", joint::table(&findings, &[])),
            ("candidates_by_county.csv", by_unit::table(&findings, crate::city::unit::UnitLevel::County, Lang::En)),
            ("allot.csv", allot::table(&findings, &[], Lang::En)),
        ];
        for (file, table) in &tables {
            let part = documented(file);
            let words = table.columns.iter().map(|c| c.word).filter(|word| *word != table::PASSED);
            for word in words {
                assert!(part.contains(&format!("\n| `{word}` |")), "docs/outputs.md, {file}: no line for {word}");
            }
        }
        assert!(include_str!("../docs/outputs.md").contains(&table::stamp(&sample::straight()).unwrap()));
    }
}
