"""The pages that approvers open, as pure functions from what is known to a document."""
