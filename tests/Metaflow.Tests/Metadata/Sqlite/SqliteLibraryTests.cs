using Metaflow.Metadata.Sqlite;

namespace Metaflow.Tests.Metadata.Sqlite;

public sealed class SqliteLibraryTests
{
    [Fact]
    public void IsAvailable_SystemWithSqlite_TellsItsVersion()
    {
        Assert.True(SqliteLibrary.IsAvailable, SqliteLibrary.Fault);
        Assert.True(SqliteLibrary.Version >= 3_024_000);
        SqliteLibrary.Require();
    }

    [Fact]
    public void Find_NoSuchLibrary_NamesThePackage()
    {
        var found = SqliteLibrary.Find(["libnosuchsqlite.so.7"]);

        Assert.Equal(0, found.Handle);
        Assert.Contains("libnosuchsqlite.so.7", found.Fault, StringComparison.Ordinal);
        if (OperatingSystem.IsLinux())
        {
            Assert.Contains("libsqlite3-0", found.Fault, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Find_AnotherLibrary_IsTooOld()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The name of the C library is that of Linux.");

        var found = SqliteLibrary.Find(["libc.so.6"]);

        Assert.Equal(0, found.Handle);
        Assert.Contains("too old", found.Fault, StringComparison.Ordinal);
    }
}
