"""How it looks: frames in, HTML, images and paper out; never a database session."""
