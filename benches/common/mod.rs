//! What the benchmarks work on: a synthetic city made once per run, and real files where they are at hand.

// Each benchmark uses its part of this.
#![allow(dead_code)]

use std::path::PathBuf;
use std::sync::LazyLock;

use careshed::read::Input;
use careshed::settings::Settings;
use careshed::settings::file::{self, Flags};
use careshed::study::{self, Findings, Goal, Unwatched};
use careshed::synth::{self, Options};

/// A city of 300 communities: about 100,000 demand points, 200 facilities, 500 candidates.
static CITY: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("city-of-300");
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    synth::write(&Options::new(300, 1), &folder).expect("there is room for a city");
    folder
});

/// A file of the synthetic city.
pub fn made(name: &str) -> PathBuf {
    CITY.join(name)
}

/// The study of the synthetic city.
pub fn study() -> Settings {
    let study = made("study.toml");
    file::load(Some(&study), &Flags::default(), &mut Default::default()).expect("the synthetic study has no error")
}

/// All that is found in it.
pub static FOUND: LazyLock<Findings> =
    LazyLock::new(|| study::explore(study(), Goal::Rank, &Unwatched).expect("the synthetic city has no error"));

/// A real file from `CARESHED_DATA`, else `../shared/data`; `None`, with its name, where it is not there.
pub fn real(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("CARESHED_DATA").map(PathBuf::from);
    let path = folder.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data")).join(name);
    if !path.exists() {
        eprintln!("{name} skipped: no data");
        return None;
    }
    Some(path)
}

/// A study of one file of streets.
pub fn streets(path: PathBuf) -> Settings {
    let mut settings = Settings::default();
    settings.inputs.network = vec![Input { shown: path.display().to_string(), path, ..Input::default() }];
    settings
}

/// Threads to work on.
pub fn pool(threads: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads can be started")
}
