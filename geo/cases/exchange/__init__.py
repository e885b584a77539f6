"""上级平台: cases, staff and activities in the columns each platform wants, every file with its receipt."""
