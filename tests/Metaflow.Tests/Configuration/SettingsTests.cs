using Metaflow.Configuration;
using Metaflow.Tests.Cli;

namespace Metaflow.Tests.Configuration;

public sealed class SettingsTests : IDisposable
{
    private readonly CliHarness _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Find_SetEverywhere_EnvironmentThenProjectThenHome()
    {
        WriteHome("config.json", """{"METAFLOW_X": "home", "METAFLOW_Y": "home", "METAFLOW_Z": "home"}""");
        _world.Write(".metaflow/config.json", """{"METAFLOW_X": "project", "METAFLOW_Y": "project"}""");
        _world.Variables["METAFLOW_X"] = "environment";

        var settings = new Settings(_world.Environment);

        Assert.Equal("environment", settings.Find("X")!.Values[0]);
        Assert.Equal("project", settings.Find("Y")!.Values[0]);
        Assert.Equal("home", settings.Find("Z")!.Values[0]);
        Assert.Null(settings.Find("W"));
    }

    [Fact]
    public void Find_EmptyValue_CountsAsNone()
    {
        _world.Variables["METAFLOW_X"] = "";

        Assert.Null(new Settings(_world.Environment).Find("X"));
    }

    [Fact]
    public void Find_ProjectFileOfAParentDirectory_IsRead()
    {
        _world.Write(".metaflow/config.json", """{"METAFLOW_X": "project"}""");
        var below = Directory.CreateDirectory(Path.Join(_world.WorkingDirectory, "a", "b")).FullName;

        var settings = new Settings(_world.Environment with { WorkingDirectory = below });

        Assert.Equal("project", settings.Find("X")!.Values[0]);
        Assert.Equal(Path.Join(_world.WorkingDirectory, ".metaflow"), settings.StoreRoot(null));
    }

    [Fact]
    public void Find_Profile_SelectsTheFile()
    {
        WriteHome("config.json", """{"METAFLOW_X": "plain"}""");
        WriteHome("config_test.json", """{"METAFLOW_X": "test"}""");
        _world.Variables["METAFLOW_PROFILE"] = "test";

        Assert.Equal("test", new Settings(_world.Environment).Find("X")!.Values[0]);
    }

    [Fact]
    public void Find_UnknownProfile_IsRefused()
    {
        _world.Variables["METAFLOW_PROFILE"] = "none";

        var fault = Assert.Throws<UsageException>(() => new Settings(_world.Environment).Find("X"));

        Assert.Equal(
            $"METAFLOW_PROFILE asks for the profile 'none', but there is no file {Path.Join(_world.HomeDirectory, ".metaflowconfig", "config_none.json")}.",
            fault.Message);
    }

    [Fact]
    public void Find_HomeMoved_IsLookedForThere()
    {
        var path = _world.Write("elsewhere/config.json", """{"METAFLOW_X": "moved"}""");
        _world.Variables["METAFLOW_HOME"] = Path.GetDirectoryName(path)!;

        Assert.Equal("moved", new Settings(_world.Environment).Find("X")!.Values[0]);
    }

    [Theory]
    [InlineData("[1]", "does not hold a JSON object")]
    [InlineData("{", "cannot be read")]
    public void Find_BrokenFile_IsRefused(string content, string expected)
    {
        WriteHome("config.json", content);

        var fault = Assert.Throws<UsageException>(() => new Settings(_world.Environment).Find("X"));

        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void UserName_LooksAtTheVariablesInOrder()
    {
        _world.Variables.Clear();
        Assert.Equal("nobody", new Settings(_world.Environment).UserName);
        _world.Variables["USER"] = "d";
        Assert.Equal("d", new Settings(_world.Environment).UserName);
        _world.Variables["USERNAME"] = "c";
        Assert.Equal("c", new Settings(_world.Environment).UserName);
        _world.Variables["SUDO_USER"] = "b";
        Assert.Equal("b", new Settings(_world.Environment).UserName);
        _world.Variables["METAFLOW_USER"] = "a";
        Assert.Equal("a", new Settings(_world.Environment).UserName);
        Assert.Equal("user:a", new Settings(_world.Environment).DefaultNamespace);
    }

    [Fact]
    public void MaxWorkers_NotANumber_SaysWhereItWasRead()
    {
        var path = WriteHome("config.json", """{"METAFLOW_MAX_WORKERS": "many"}""");

        var fault = Assert.Throws<UsageException>(() => new Settings(_world.Environment).MaxWorkers);

        Assert.Equal($"METAFLOW_MAX_WORKERS in {path}: 'many' is not a whole number (int).", fault.Message);
    }

    [Fact]
    public void MaxWorkers_JsonNumber_IsRead()
    {
        WriteHome("config.json", """{"METAFLOW_MAX_WORKERS": 3}""");

        Assert.Equal(3, new Settings(_world.Environment).MaxWorkers);
    }

    [Fact]
    public void StoreRoot_OptionThenSettingThenNearestThenHere()
    {
        var here = _world.WorkingDirectory;
        Assert.Equal(Path.Join(here, ".metaflow"), new Settings(_world.Environment).StoreRoot(null));
        Assert.Equal(Path.Join(here, "own"), new Settings(_world.Environment).StoreRoot("own"));

        _world.Variables["METAFLOW_DATASTORE_SYSROOT_LOCAL"] = "/data";
        Assert.Equal("/data/.metaflow", new Settings(_world.Environment).StoreRoot(null));
    }

    private string WriteHome(string name, string content)
    {
        var directory = Directory.CreateDirectory(Path.Join(_world.HomeDirectory, ".metaflowconfig")).FullName;
        var path = Path.Join(directory, name);
        File.WriteAllText(path, content);
        return path;
    }
}
