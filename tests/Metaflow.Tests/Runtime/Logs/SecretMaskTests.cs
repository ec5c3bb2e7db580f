using System.Text;
using Metaflow.Metadata.Records;
using Metaflow.Runtime.Logs;

namespace Metaflow.Tests.Runtime.Logs;

/// <summary>Secrets are found wherever the output is cut, and in the looks that programs give them.</summary>
public sealed class SecretMaskTests
{
    private const string Key = "-----BEGIN KEY-----\nMIIBVgIBADANBgkq\n}\nhkiG9w0BAQEFAASC\n-----END KEY-----\n";

    [Theory]
    [InlineData("the hunter22 is out", "the *** is out")]
    [InlineData("hunter22hunter22", "******")]
    [InlineData("hunter2!", "hunter2!")]
    [InlineData("hunter22", "***")]
    [InlineData("hunter22-extended!", "***!")]
    [InlineData("""{"password":"a\"b\\c/d"}""", """{"password":"***"}""")]
    [InlineData("""{"password":"a\u0022b\\c/d"}""", """{"password":"***"}""")]
    [InlineData("https://me:a%22b%5Cc%2Fd@host", "https://me:***@host")]
    [InlineData("Authorization: Basic aHVudGVyMjI=", "Authorization: Basic ***")]
    [InlineData("no", "no")]
    [InlineData("größer als Zürich", "größer als ***")]
    public void Apply_Text_HidesEachLook(string text, string expected)
    {
        var mask = new SecretMask();
        mask.Add(["hunter22", "hunter22-extended", "a\"b\\c/d", "no", "Zürich"]);

        Assert.Equal(expected, mask.Apply(text));
    }

    [Theory]
    [InlineData("-----BEGIN KEY-----\nMIIBVgIBADANBgkq\n}\nhkiG9w0BAQEFAASC\n-----END KEY-----\nafter", "***\nafter")]
    [InlineData("-----BEGIN KEY-----\r\nMIIBVgIBADANBgkq\r\n}\r\nhkiG9w0BAQEFAASC\r\n-----END KEY-----\r\nafter", "***\r\nafter")]
    [InlineData("> MIIBVgIBADANBgkq\n> }\n> hkiG9w0BAQEFAASC\n", "> ***\n> }\n> ***\n")]
    public void Apply_SeveralLines_HidesThemTogetherAndApart(string text, string expected)
    {
        var mask = new SecretMask();
        mask.Add([Key]);

        Assert.Equal(expected, mask.Apply(text));
    }

    [Fact]
    public void Filter_EveryCut_GivesTheSame()
    {
        var mask = new SecretMask();
        mask.Add([Key, "hunter22", "hunter22-extended", "abab-abac"]);
        var text = Encoding.UTF8.GetBytes($"hun hunter22 hunter22-ext hunter22-extended\n{Key}abab-abab-abac\n-----BEGIN KEY-----\nMII nothing\n");
        var expected = $"hun *** ***-ext ***\n***\nabab-***\n***\nMII nothing\n";

        for (var first = 0; first <= text.Length; first++)
        {
            for (var second = first; second <= text.Length; second += 7)
            {
                Assert.Equal(expected, Filtered(mask, text[..first], text[first..second], text[second..]));
            }
        }
    }

    [Fact]
    public void Filter_ByteByByte_GivesTheSame()
    {
        var mask = new SecretMask();
        mask.Add([Key]);

        Assert.Equal("a\n***\nb", Filtered(mask, [.. Encoding.UTF8.GetBytes($"a\n{Key}b").Select(b => new[] { b })]));
    }

    [Fact]
    public void Filter_OutputEndsWithinAValue_DoesNotTellItsBeginning()
    {
        var mask = new SecretMask();
        mask.Add(["hunter22"]);

        Assert.Equal("the ***", Filtered(mask, "the hunt"u8.ToArray(), "er2"u8.ToArray()));
        Assert.Equal("the hu", Filtered(mask, "the hu"u8.ToArray()));
    }

    [Fact]
    public void Add_VeryMany_ForgetsTheOldest()
    {
        var mask = new SecretMask();
        var told = new List<string>();
        mask.Added = told.AddRange;
        for (var i = 0; i < 600; i++)
        {
            mask.Add([$"secret-{i:000}!", $"secret-{i:000}!", "ab"]);
        }

        Assert.Equal(600, told.Count);
        Assert.Equal("secret-099! ***", mask.Apply("secret-099! secret-599!"));
    }

    [Fact]
    public void Log_SecretOverWritesAndStreams_IsNeitherShownNorStored()
    {
        var shown = new List<string>();
        var stored = new List<LogBlock>();
        var log = new AttemptLog((stream, _, line) => shown.Add($"{stream}: {line}"), stored.Add, TimeProvider.System);
        log.Write(LogStream.Out, "before hunter22\n"u8);
        log.Secrets.Add(["hunter22", Key]);
        log.Write(LogStream.Out, "one hun"u8);
        log.Write(LogStream.Error, "hunt\n"u8);
        log.Write(LogStream.Out, "ter22\ntwo -----BEGIN KEY-----\n"u8);
        log.Write(LogStream.Out, Encoding.UTF8.GetBytes(Key["-----BEGIN KEY-----\n".Length..]));
        log.Write(LogStream.Out, "three hunter"u8);
        log.Complete();

        Assert.Equal(["Out: before hunter22", "Error: hunt", "Out: one ***", "Out: two ***", "Out: three ***"], shown);
        Assert.DoesNotContain(stored, block => Encoding.UTF8.GetString(block.Bytes).Contains("MIIB", StringComparison.Ordinal));
    }

    [Fact]
    public void Log_SecretInWhatIsLeftOut_IsNotInTheLastLines()
    {
        var shown = new List<string>();
        var log = new AttemptLog((_, _, line) => shown.Add(line), static _ => { }, TimeProvider.System, maximum: 20);
        log.Secrets.Add(["hunter22"]);
        log.Write(LogStream.Out, "a line that is hunter22 long\nanother hunter22\nhunt"u8);
        var tail = new LogTail();
        tail.Add("the end of hunter22\n"u8);
        log.LeaveOut(LogStream.Out, tail);
        log.Complete();

        Assert.DoesNotContain(shown, line => line.Contains("hunt", StringComparison.Ordinal));
        Assert.Contains("another ***", shown);
        Assert.Contains(shown, line => line.EndsWith("the end of ***", StringComparison.Ordinal));
    }

    private static string Filtered(SecretMask mask, params byte[][] parts)
    {
        var seen = new List<byte>();
        var filter = new SecretFilter(mask);
        foreach (var part in parts)
        {
            filter.Write(part, bytes => seen.AddRange(bytes));
        }

        filter.Complete(bytes => seen.AddRange(bytes));
        return Encoding.UTF8.GetString([.. seen]);
    }
}
