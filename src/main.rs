//! Parse, run, print the error once, set the exit code.

fn main() -> std::process::ExitCode {
    careshed::cli::main(std::env::args_os())
}
