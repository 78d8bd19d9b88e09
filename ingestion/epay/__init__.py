"""The payment gateway: messages of banks and the Treasury."""
