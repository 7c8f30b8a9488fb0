//! A folder that gets all files of a run or none.
//!
//! Files are written aside, in a temporary folder inside the target, so that putting them in place is a rename on one disk. Old
//! files of the same names are kept aside until all new ones stand; if one cannot be replaced, because a spreadsheet has it open, say,
//! the old ones go back. Files that the run does not write are left alone. A run that ends before [`OutputFolder::commit`] leaves nothing.

pub mod aside;

use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Component, Path, PathBuf};

use aside::{Aside, missing};

use crate::problem::{Code, Problem};

/// Where a writer puts the bytes of one file.
pub type OutFile = BufWriter<File>;

/// A file to be written: its name, relative with `/`, and what writes it.
pub struct Job<'a> {
    name: String,
    write: Write<'a>,
}

type Write<'a> = Box<dyn FnOnce(&mut OutFile) -> io::Result<()> + Send + 'a>;

impl<'a> Job<'a> {
    /// A file of this name.
    pub fn new(name: impl Into<String>, write: impl FnOnce(&mut OutFile) -> io::Result<()> + Send + 'a) -> Self {
        Job { name: name.into(), write: Box::new(write) }
    }
}

/// A file or folder that could not be written.
#[derive(Debug)]
pub struct OutputError {
    /// Which.
    pub path: PathBuf,
    /// Why.
    pub source: io::Error,
    /// Where its old contents lie, in the rare case that they could not be put back.
    pub old_kept_in: Option<PathBuf>,
}

impl OutputError {
    fn at(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| OutputError { path, source, old_kept_in: None }
    }
}

impl fmt::Display for OutputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot write {}: {}", self.path.display(), self.source)?;
        self.old_kept_in.as_ref().map_or(Ok(()), |kept| write!(f, "; its old contents are kept in {}", kept.display()))
    }
}

impl std::error::Error for OutputError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

impl From<OutputError> for Problem {
    fn from(error: OutputError) -> Self {
        let kept = error.old_kept_in.map(|kept| format!(" (old file: {})", kept.display())).unwrap_or_default();
        Problem::new(Code::E_OUT).file(error.path.display().to_string()).with("reason", format!("{}{kept}", error.source))
    }
}

/// A folder of results in the making.
#[derive(Debug)]
pub struct OutputFolder {
    /// Absolute, so that a later change of the working directory does not matter.
    dir: PathBuf,
    /// Holds `new/` and `old/`.
    aside: Option<Aside>,
    /// Folders that did not exist before, innermost first.
    made: Vec<PathBuf>,
    /// Names in the order added.
    names: Vec<String>,
    /// Whether old files could not be put back and must stay aside.
    lost: bool,
}

impl OutputFolder {
    /// Prepares `dir`, making it and its parents where they are missing.
    pub fn new(dir: impl AsRef<Path>) -> Result<Self, OutputError> {
        let dir = std::path::absolute(dir.as_ref()).map_err(OutputError::at(dir.as_ref()))?;
        let (aside, made) = Aside::inside(&dir).map_err(OutputError::at(&dir))?;
        let folder = OutputFolder { made, dir, aside: Some(aside), names: Vec::new(), lost: false };
        for part in ["new", "old"] {
            let path = folder.aside().join(part);
            fs::create_dir(&path).map_err(OutputError::at(&path))?;
        }
        Ok(folder)
    }

    /// Where the files will stand.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Names added so far, in order, with `/`.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Writes one file aside. `name` is relative, with `/`; a name may be added once.
    pub fn add(&mut self, name: &str, write: impl FnOnce(&mut OutFile) -> io::Result<()>) -> Result<(), OutputError> {
        self.enter(name)?;
        self.put(name, write)
    }

    /// Writes several files aside at once; of several that fail, the first is answered.
    pub fn add_all(&mut self, jobs: Vec<Job<'_>>) -> Result<(), OutputError> {
        use rayon::prelude::*;
        jobs.iter().try_for_each(|job| self.enter(&job.name))?;
        let folder = &*self;
        let done: Vec<_> = jobs.into_par_iter().with_max_len(1).map(|job| folder.put(&job.name, job.write)).collect();
        done.into_iter().collect()
    }

    fn enter(&mut self, name: &str) -> Result<(), OutputError> {
        let plain = !name.is_empty() && Path::new(name).components().all(|c| matches!(c, Component::Normal(_)));
        if !plain || self.names.iter().any(|n| n == name) {
            return Err(OutputError::at(self.dir.join(name))(io::Error::from(io::ErrorKind::InvalidFilename)));
        }
        self.names.push(name.to_owned());
        Ok(())
    }

    fn put(&self, name: &str, write: impl FnOnce(&mut OutFile) -> io::Result<()>) -> Result<(), OutputError> {
        let put = |path: PathBuf| {
            // Only folders inside the room: the room itself is gone when the run has been interrupted.
            let mut folder = self.room();
            for part in Path::new(name).parent().into_iter().flat_map(Path::components) {
                folder.push(part);
                fs::create_dir(&folder).or_else(|error| if folder.is_dir() { Ok(()) } else { Err(error) })?;
            }
            let mut out = BufWriter::with_capacity(1 << 16, File::create(path)?);
            write(&mut out)?;
            // A network share tells only now that it is full: before an old file is touched.
            out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
        };
        put(self.room().join(name)).map_err(OutputError::at(self.dir.join(name)))
    }

    /// Where somebody who writes many files at once may put them; each is then named to [`OutputFolder::adopt`].
    pub fn room(&self) -> PathBuf {
        self.aside().join("new")
    }

    /// Takes a file that stands in [`OutputFolder::room`] among those of the run.
    pub fn adopt(&mut self, name: &str) {
        self.names.push(name.to_owned());
    }

    /// Puts every file in place and answers where they stand. On an error nothing has changed.
    pub fn commit(mut self) -> Result<Vec<PathBuf>, OutputError> {
        let aside = self.aside().to_path_buf();
        aside::place(&aside, || {
            self.put_in_place().map_err(|error| {
                let kept = error.old_kept_in.is_some();
                (error, kept)
            })
        })
    }

    fn put_in_place(&mut self) -> Result<Vec<PathBuf>, OutputError> {
        let (new, old) = (self.aside().join("new"), self.aside().join("old"));
        let mut done: Vec<Placed> = Vec::new();
        for name in &self.names {
            let placed = Placed { new: new.join(name), old: old.join(name), target: self.dir.join(name) };
            let folders = missing(placed.target.parent().unwrap_or(&self.dir));
            self.made.splice(0..0, folders);
            if let Err(source) = placed.put() {
                let mut error = OutputError { path: placed.target.clone(), source, old_kept_in: None };
                // The one that failed may have been moved half of the way.
                for placed in std::iter::once(&placed).chain(done.iter().rev()) {
                    if placed.back().is_err() {
                        error.old_kept_in = Some(placed.old.clone());
                    }
                }
                self.lost = error.old_kept_in.is_some();
                return Err(error);
            }
            done.push(placed);
        }
        self.made.clear();
        Ok(done.into_iter().map(|placed| placed.target).collect())
    }

    fn aside(&self) -> &Path {
        self.aside.as_ref().expect("present until dropped").path()
    }
}

/// Leaves nothing behind: the files aside go, then folders that were made for them and are empty.
impl Drop for OutputFolder {
    fn drop(&mut self) {
        match self.aside.take() {
            Some(aside) if self.lost => aside.keep(),
            aside => drop(aside),
        }
        for folder in &self.made {
            _ = fs::remove_dir(folder);
        }
    }
}

/// One file on its way from aside to its place.
struct Placed {
    new: PathBuf,
    old: PathBuf,
    target: PathBuf,
}

impl Placed {
    fn put(&self) -> io::Result<()> {
        for path in [&self.target, &self.old] {
            fs::create_dir_all(path.parent().unwrap_or(path))?;
        }
        match fs::symlink_metadata(&self.target) {
            Ok(there) if there.is_dir() => return Err(io::Error::from(io::ErrorKind::IsADirectory)),
            Ok(_) => rename(&self.target, &self.old)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        rename(&self.new, &self.target)
    }

    /// Undoes what `put` did, however far it came.
    fn back(&self) -> io::Result<()> {
        if fs::symlink_metadata(&self.new).is_err() {
            rename(&self.target, &self.new)?;
        }
        if fs::symlink_metadata(&self.old).is_ok() { rename(&self.old, &self.target) } else { Ok(()) }
    }
}

/// On Windows a virus scanner may hold a new file for a moment; a spreadsheet holds it for good.
fn rename(from: &Path, to: &Path) -> io::Result<()> {
    let mut patience = if cfg!(windows) { 5 } else { 0 };
    loop {
        match fs::rename(from, to) {
            Err(error) if patience > 0 && error.kind() == io::ErrorKind::PermissionDenied => patience -= 1,
            answer => return answer,
        }
        std::thread::sleep(std::time::Duration::from_millis(40));
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use tempfile::TempDir;

    use super::*;

    /// A parent folder with a Chinese name, so that every test walks such a path.
    fn parent() -> TempDir {
        tempfile::Builder::new().prefix("潞州区 成果-").tempdir().unwrap()
    }

    fn files(dir: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_committed_folder_holds_its_files_and_what_was_there_before() {
        let parent = parent();
        fs::write(parent.path().join("mine.txt"), "keep").unwrap();
        fs::write(parent.path().join("a.csv"), "old").unwrap();
        let mut folder = OutputFolder::new(parent.path()).unwrap();
        folder.add("a.csv", |out| out.write_all(b"new")).unwrap();
        folder.add("表/社区.csv", |out| out.write_all("社区".as_bytes())).unwrap();
        assert_eq!(fs::read_to_string(parent.path().join("a.csv")).unwrap(), "old", "nothing changes before the commit");
        assert_eq!(folder.commit().unwrap().len(), 2);
        assert_eq!(files(parent.path()), ["a.csv", "mine.txt", "表"]);
        assert_eq!(fs::read_to_string(parent.path().join("a.csv")).unwrap(), "new");
        assert_eq!(fs::read_to_string(parent.path().join("表/社区.csv")).unwrap(), "社区");
    }

    #[test]
    fn without_a_commit_not_even_the_folder_is_left() {
        let parent = parent();
        let mut folder = OutputFolder::new(parent.path().join("一/二/三")).unwrap();
        folder.add("a.csv", |out| out.write_all(b"new")).unwrap();
        drop(folder);
        assert!(files(parent.path()).is_empty());
    }

    #[test]
    fn a_writer_that_fails_leaves_the_old_files() {
        let parent = parent();
        fs::write(parent.path().join("a.csv"), "old").unwrap();
        let mut folder = OutputFolder::new(parent.path()).unwrap();
        folder.add("a.csv", |out| out.write_all(b"new")).unwrap();
        let full = |out: &mut OutFile| out.write_all(b"half").and(Err(io::Error::from(io::ErrorKind::StorageFull)));
        let error = folder.add("b.csv", full).unwrap_err();
        assert!(error.path.ends_with("b.csv"));
        drop(folder);
        assert_eq!(files(parent.path()), ["a.csv"]);
        assert_eq!(fs::read_to_string(parent.path().join("a.csv")).unwrap(), "old");
    }

    #[test]
    fn a_failure_in_the_middle_of_the_commit_puts_everything_back_and_names_the_file() {
        let parent = parent();
        fs::write(parent.path().join("a.csv"), "old").unwrap();
        // A folder where a file should go cannot be replaced.
        fs::create_dir_all(parent.path().join("c.csv/inside")).unwrap();
        let mut folder = OutputFolder::new(parent.path()).unwrap();
        for name in ["a.csv", "sub/b.csv", "c.csv", "d.csv"] {
            folder.add(name, |out| out.write_all(b"new")).unwrap();
        }
        let error = folder.commit().unwrap_err();
        assert!(error.old_kept_in.is_none());
        let problem = Problem::from(error);
        assert_eq!(problem.code, Code::E_OUT);
        assert!(problem.message(crate::words::Lang::En).contains("c.csv"), "{}", problem.message(crate::words::Lang::En));
        assert_eq!(files(parent.path()), ["a.csv", "c.csv"]);
        assert_eq!(fs::read_to_string(parent.path().join("a.csv")).unwrap(), "old");
    }

    #[test]
    fn a_file_in_place_of_the_folder_is_an_error_and_stays() {
        let parent = parent();
        let path = parent.path().join("out");
        fs::write(&path, "mine").unwrap();
        assert!(OutputFolder::new(&path).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
    }

    #[test]
    fn names_cannot_leave_the_folder_or_come_twice() {
        let parent = parent();
        let mut folder = OutputFolder::new(parent.path()).unwrap();
        for name in ["", "..", "../a", "/a", "./a/../../b"] {
            assert!(folder.add(name, |_| Ok(())).is_err(), "{name}");
        }
        folder.add("a", |_| Ok(())).unwrap();
        assert!(folder.add("a", |_| Ok(())).is_err());
    }
}
