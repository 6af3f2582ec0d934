"""What happens to a comment: storage, policy, review, and the faces that machines and people see."""
