//! What a step costs: wall time, time of all cores, and the most memory that was held meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

use crate::units::Bytes;

/// How often memory is looked at. A peak shorter than this may be missed, where the system does not keep it itself.
const EVERY: Duration = Duration::from_millis(10);

/// What one step cost.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    /// Seconds by the clock on the wall.
    pub wall: f64,
    /// Seconds of all cores together.
    pub cpu: f64,
    /// Most memory held during the step, MB (10⁶ bytes).
    pub peak_mb: f64,
}

/// Watches this process from a thread of its own.
pub struct Meter {
    since: Instant,
    cpu: f64,
    /// The system's own record of the peak when the step began.
    record: Option<u64>,
    peak: Arc<AtomicU64>,
    ended: Arc<AtomicBool>,
    sampler: Option<JoinHandle<()>>,
    process: Process,
}

impl Meter {
    /// Begins with the first step.
    pub fn start() -> Self {
        let (peak, ended) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
        let sampler = {
            let (peak, ended) = (Arc::clone(&peak), Arc::clone(&ended));
            let mut process = Process::this();
            std::thread::Builder::new()
                .name("meter".to_owned())
                .spawn(move || {
                    while !ended.load(Ordering::Relaxed) {
                        peak.fetch_max(process.look().0, Ordering::Relaxed);
                        std::thread::sleep(EVERY);
                    }
                })
                .ok()
        };
        let mut process = Process::this();
        let cpu = process.look().1;
        Meter { since: Instant::now(), cpu, record: record(), peak, ended, sampler, process }
    }

    /// Ends a step and begins the next.
    pub fn lap(&mut self) -> Cost {
        let (memory, cpu) = self.process.look();
        let mut peak = self.peak.swap(memory, Ordering::Relaxed).max(memory);
        let record = record();
        if record > self.record {
            // It grew during this step, so it is this step's.
            peak = peak.max(record.unwrap_or(0));
        }
        let cost = Cost { wall: self.since.elapsed().as_secs_f64(), cpu: (cpu - self.cpu).max(0.0), peak_mb: peak as f64 / 1e6 };
        (self.since, self.cpu, self.record) = (Instant::now(), cpu, record);
        cost
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        if let Some(sampler) = self.sampler.take() {
            let _ = sampler.join();
        }
    }
}

/// The system's view of this process.
struct Process {
    system: System,
    pid: Option<Pid>,
}

impl Process {
    fn this() -> Self {
        Process { system: System::new(), pid: sysinfo::get_current_pid().ok() }
    }

    /// Bytes in memory and seconds of all cores so far.
    fn look(&mut self) -> (u64, f64) {
        let Some(pid) = self.pid else { return (0, 0.0) };
        let kind = ProcessRefreshKind::nothing().with_memory().with_cpu().without_tasks();
        self.system.refresh_processes_specifics(ProcessesToUpdate::Some(&[pid]), false, kind);
        self.system.process(pid).map_or((0, 0.0), |p| (p.memory(), p.accumulated_cpu_time() as f64 / 1000.0))
    }
}

/// Linux keeps the highest memory so far; elsewhere only what was sampled is known.
fn record() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kb| kb * 1024)
}

/// Memory of this machine that a run may use by default: three quarters of it, or of what its container allows. `None` if unknown.
pub fn three_quarters_of_the_machine() -> Option<Bytes> {
    let mut system = System::new();
    system.refresh_memory();
    let limit = system.cgroup_limits().map(|c| c.total_memory).filter(|total| *total > 0);
    let total = [Some(system.total_memory()), limit].into_iter().flatten().filter(|t| *t > 0).min()?;
    Some(Bytes(total / 4 * 3))
}
