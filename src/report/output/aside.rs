//! Folders in the making, and what becomes of them when somebody ends the program.
//!
//! Every temporary folder of a run is known here, so that an interrupt at any moment can take all of them away. The lock that guards
//! the list is held while results are put in place: an interrupt comes before that or after it, never in the middle.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tempfile::TempDir;

/// What exists now.
static MAKING: Mutex<Making> = Mutex::new(Making { folders: Vec::new(), placed: false });

struct Making {
    folders: Vec<Folder>,
    /// Whether a run has put its results in place.
    placed: bool,
}

struct Folder {
    aside: PathBuf,
    /// Folders that were made for it, innermost first.
    made: Vec<PathBuf>,
}

fn making() -> MutexGuard<'static, Making> {
    // A thread that panicked while it held the lock leaves a list that is still true.
    MAKING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A temporary folder: gone when dropped, and when the program is interrupted.
#[derive(Debug)]
pub struct Aside {
    dir: Option<TempDir>,
}

impl Aside {
    /// In the system's folder for such.
    pub fn new() -> io::Result<Self> {
        let mut making = making();
        Self::registered(tempfile::tempdir()?, Vec::new(), &mut making)
    }

    /// Inside `parent`, which is made where it is missing; folders made for it are answered, innermost first.
    pub fn inside(parent: &Path) -> io::Result<(Self, Vec<PathBuf>)> {
        let mut making = making();
        let made = missing(parent);
        let dir = std::fs::create_dir_all(parent).and_then(|()| tempfile::Builder::new().prefix(".careshed-").tempdir_in(parent));
        match dir {
            Ok(dir) => Ok((Self::registered(dir, made.clone(), &mut making)?, made)),
            Err(error) => {
                made.iter().for_each(|folder| _ = std::fs::remove_dir(folder));
                Err(error)
            }
        }
    }

    fn registered(dir: TempDir, made: Vec<PathBuf>, making: &mut Making) -> io::Result<Self> {
        making.folders.push(Folder { aside: dir.path().to_path_buf(), made });
        Ok(Aside { dir: Some(dir) })
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        self.dir.as_ref().expect("present until dropped").path()
    }

    /// Leaves it on the disk for good.
    pub fn keep(mut self) {
        if let Some(dir) = self.dir.take() {
            forget(&mut making(), dir.path());
            _ = dir.keep();
        }
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        if let Some(dir) = self.dir.take() {
            // An interrupt meanwhile would leave what is not removed yet.
            let mut making = making();
            let path = dir.path().to_path_buf();
            drop(dir);
            forget(&mut making, &path);
        }
    }
}

fn forget(making: &mut Making, aside: &Path) {
    making.folders.retain(|folder| folder.aside != aside);
}

/// Puts results in place; an interrupt waits until that is done. Where `put` answers that old files could only be kept in the folder
/// aside, that folder is no longer the interrupt's to remove.
pub fn place<T, E>(aside: &Path, put: impl FnOnce() -> Result<T, (E, bool)>) -> Result<T, E> {
    let mut making = making();
    put().inspect(|_| making.placed = true).map_err(|(error, kept)| {
        if kept {
            forget(&mut making, aside);
        }
        error
    })
}

/// Takes away everything in the making, says so and ends the program, unless the results stand already: then it is about to end by
/// itself.
pub fn abandon(exit_code: i32, say: impl FnOnce()) {
    let making = making();
    if making.placed {
        return;
    }
    say();
    for folder in &making.folders {
        // Another thread may be adding a file at this moment.
        for _ in 0..50 {
            match std::fs::remove_dir_all(&folder.aside) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => std::thread::sleep(Duration::from_millis(20)),
                _ => break,
            }
        }
        folder.made.iter().for_each(|made| _ = std::fs::remove_dir(made));
    }
    // The lock is kept: whoever fails because its folder is gone waits for it and says nothing.
    std::process::exit(exit_code)
}

/// Folders of `path` that do not exist yet, innermost first.
pub fn missing(path: &Path) -> Vec<PathBuf> {
    path.ancestors().take_while(|p| std::fs::symlink_metadata(p).is_err()).map(Path::to_path_buf).collect()
}
