package anime.events;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/** The checkpoints in a folder, each at {@code <job>/chk-<number>}. */
final class Checkpoints {
  private Checkpoints() {}

  /** The newest complete one: {@code _metadata} is what is written last. */
  static Optional<String> newest(String folder) throws IOException {
    Path root = new Path(folder);
    FileSystem files = root.getFileSystem();
    return list(files, root)
        .filter(FileStatus::isDir)
        .flatMap(job -> list(files, job.getPath()))
        .filter(checkpoint -> checkpoint.getPath().getName().startsWith("chk-"))
        .flatMap(checkpoint -> list(files, checkpoint.getPath()))
        .filter(file -> file.getPath().getName().equals("_metadata"))
        .max(Comparator.comparingLong(FileStatus::getModificationTime))
        .map(file -> file.getPath().getParent().toString());
  }

  /** What is in a folder: nothing where there is none. */
  private static Stream<FileStatus> list(FileSystem files, Path folder) {
    try {
      FileStatus[] found = files.exists(folder) ? files.listStatus(folder) : null;
      return found == null ? Stream.empty() : Arrays.stream(found);
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }
}
