"""The call on its way: shards, fan-out, receipts, notes to one person."""
