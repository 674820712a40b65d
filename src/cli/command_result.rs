//! What a command returns: nothing, or an error for people.

/// The end of a command.
pub(super) type CommandResult = Result<(), Box<dyn std::error::Error>>;
