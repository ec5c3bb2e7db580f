using Metaflow.Metadata.Sqlite;

namespace Metaflow.Tests.Metadata.Sqlite;

public sealed class SqliteConnectionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("metaflow-sqlite-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("naïve Ω 日本語 🚀")]
    [InlineData("a\0b")]
    public void Bind_Text_ComesBackUnchanged(string text)
    {
        using var connection = SqliteConnection.Open(SqliteConnection.Memory, create: true, TimeSpan.Zero);
        using var select = connection.Prepare("SELECT ?1");

        Assert.True(select.Bind(1, text).Step());
        Assert.False(select.IsNull(0));
        Assert.Equal(text, select.GetString(0));
    }

    [Fact]
    public void Bind_LongText_ComesBackUnchanged()
    {
        var text = string.Concat(Enumerable.Repeat("ä€🚀", 10_000));
        using var connection = SqliteConnection.Open(SqliteConnection.Memory, create: true, TimeSpan.Zero);
        using var select = connection.Prepare("SELECT ?1");

        Assert.True(select.Bind(1, text).Step());
        Assert.Equal(text, select.GetString(0));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void Bind_Number_ComesBackUnchanged(long number)
    {
        using var connection = SqliteConnection.Open(SqliteConnection.Memory, create: true, TimeSpan.Zero);
        using var select = connection.Prepare("SELECT ?1");

        Assert.True(select.Bind(1, number).Step());
        Assert.Equal(number, select.GetInt64(0));
    }

    [Fact]
    public void Bind_Null_IsNull()
    {
        using var connection = SqliteConnection.Open(SqliteConnection.Memory, create: true, TimeSpan.Zero);
        using var select = connection.Prepare("SELECT ?1, ?2");

        Assert.True(select.Bind(1, (string?)null).Bind(2, (long?)null).Step());
        Assert.True(select.IsNull(0));
        Assert.True(select.IsNull(1));
    }

    [Fact]
    public void Prepare_WrongStatement_SaysWhatSqliteSays()
    {
        using var connection = SqliteConnection.Open(SqliteConnection.Memory, create: true, TimeSpan.Zero);

        var exception = Assert.Throws<SqliteException>(() => connection.Prepare("SELECT * FROM nowhere"));

        Assert.Equal(SqliteCode.Error, exception.Code);
        Assert.Contains("no such table: nowhere", exception.Message, StringComparison.Ordinal);
        Assert.Contains(SqliteConnection.Memory, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_MissingFile_NamesItAndTheRemedy()
    {
        var path = Path.Combine(_folder, "absent", "index.db");

        var exception = Assert.Throws<SqliteException>(
            () => SqliteConnection.Open(path, create: true, TimeSpan.Zero).Dispose());

        Assert.Equal(SqliteCode.CannotOpen, exception.Code);
        Assert.Contains(path, exception.Message, StringComparison.Ordinal);
        Assert.Contains("Check that the file and its directory exist", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Step_NotADatabase_IsDamage()
    {
        var path = Path.Combine(_folder, "index.db");
        File.WriteAllBytes(path, [.. Enumerable.Repeat((byte)'x', 8_192)]);
        using var connection = SqliteConnection.Open(path, create: false, TimeSpan.Zero);

        var exception = Assert.Throws<SqliteException>(() => connection.ExecuteInt64("SELECT count(*) FROM sqlite_master"));

        Assert.True(exception.IsDamage);
        Assert.False(exception.IsBusy);
    }

    [Fact]
    public void Step_LockedByAnother_IsBusy()
    {
        var path = Path.Combine(_folder, "index.db");
        using var one = SqliteConnection.Open(path, create: true, TimeSpan.Zero);
        using var other = SqliteConnection.Open(path, create: true, TimeSpan.Zero);
        one.Execute("BEGIN IMMEDIATE");

        var exception = Assert.Throws<SqliteException>(() => other.Execute("BEGIN IMMEDIATE"));

        Assert.True(exception.IsBusy);
        Assert.True(one.InTransaction);
        Assert.False(other.InTransaction);
    }

    [Fact]
    public void GetString_RowBeyondTheLimit_IsRefused()
    {
        using var connection = SqliteConnection.Open(SqliteConnection.Memory, create: true, TimeSpan.Zero);

        var exception = Assert.Throws<SqliteException>(() => connection.ExecuteInt64("SELECT length(zeroblob(2000000))"));

        Assert.Equal(SqliteCode.TooBig, exception.Code);
    }

    [Fact]
    public void Prepare_DisposedConnection_Throws()
    {
        var connection = SqliteConnection.Open(SqliteConnection.Memory, create: true, TimeSpan.Zero);
        connection.Dispose();

        Assert.Throws<ObjectDisposedException>(() => connection.Prepare("SELECT 1"));
    }
}
