//! `man` and `completions`: what clap knows of the commands, for other programs.

use super::Cli;
use super::said::{print, say};
use anyhow::{Context, Result};
use clap::{Args, CommandFactory};
use clap_complete::Shell;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(super) struct Man {
    /// Write the pages of all commands into this folder [default: print the page of stevenson]
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Completions {
    /// The shell
    shell: Shell,
}

/// Prints the page of the program, or writes those of all commands.
pub(super) fn man(Man { out }: Man) -> Result<()> {
    let command = Cli::command();
    let Some(folder) = out else {
        let mut page = Vec::new();
        clap_mangen::Man::new(command).render(&mut page)?;
        return print(&page);
    };
    let cannot = || format!("cannot write manual pages into {}", folder.display());
    std::fs::create_dir_all(&folder).with_context(cannot)?;
    clap_mangen::generate_to(command, &folder).with_context(cannot)?;
    say!("the pages are in {}: man -l {}/stevenson.1", folder.display(), folder.display())?;
    Ok(())
}

/// Prints what a shell reads to complete commands.
pub(super) fn completions(Completions { shell }: Completions) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "stevenson", &mut script);
    print(&script)
}
