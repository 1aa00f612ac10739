//! The program: takes its arguments, runs, and ends with an exit code.

fn main() -> std::process::ExitCode {
    policybook::cli::main()
}
