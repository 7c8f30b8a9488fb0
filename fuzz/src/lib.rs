//! What the targets share: bytes as files, read as every table that a study may take them for. Nothing may panic, hang or eat the memory;
//! what is found wrong is of no interest here.

use std::path::Path;

use careshed::network::Network;
use careshed::problem::Problems;
use careshed::read::{self, Input};
use careshed::settings::Settings;
use careshed::words::Lang;

/// Writes the files into a folder of their own and reads the first of them as every table in turn.
pub fn read_as_every_table(files: &[(&str, &[u8])]) {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).expect("room for a small file");
    }
    let input = Input { path: folder.path().join(files[0].0), shown: files[0].0.to_owned(), ..Input::default() };
    let mut problems = Problems::default();
    let mut settings = Settings::default();
    settings.inputs.communities = vec![input.clone()];
    let city = read::city::read(&settings, &mut problems);
    settings.inputs.communities.clear();
    settings.inputs.demand = vec![input.clone()];
    let records = read::demand::read(&settings, &city, &mut problems);
    drop(records);
    settings.inputs.demand.clear();
    settings.inputs.facilities = vec![input.clone()];
    settings.inputs.candidates = vec![input.clone()];
    read::city::read(&settings, &mut problems);
    settings.inputs = Default::default();
    settings.inputs.network = vec![input];
    _ = Network::read(&settings, &mut problems);
    speak(&problems);
}

/// Messages are made of what stands in the file.
pub fn speak(problems: &Problems) {
    for problem in problems.iter().take(20) {
        _ = (problem.message(Lang::Zh), problem.remedy(Lang::En));
    }
}

/// A study file of these bytes, read and written back.
pub fn study(bytes: &[u8]) {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let path = folder.path().join("study.toml");
    std::fs::write(&path, bytes).expect("room for a small file");
    let mut problems = Problems::default();
    if let Some(settings) = careshed::settings::file::load(Some(Path::new(&path)), &Default::default(), &mut problems) {
        let table = careshed::settings::file::to_table(&settings);
        let mut none = Problems::default();
        let back = careshed::settings::file::resolve(table.clone(), folder.path(), &[], None, &mut none);
        assert!(!none.has_errors(), "what a study became is a study: {none:?}");
        assert_eq!(table, careshed::settings::file::to_table(&back));
    }
    speak(&problems);
}
