using System.CommandLine;
using Metaflow.Client;
using Metaflow.Signing;
using Metaflow.Tool.Query;

namespace Metaflow.Tool;

/// <summary>The options of the commands that use keys.</summary>
internal static class KeyOptions
{
    public static readonly Option<FileInfo> Key = new("--key") { Description = "The key, a PEM file. 'keygen' makes one.", HelpName = "file", Required = true };

    public static readonly Argument<string> Run = new("RUN") { Description = "The run as FLOW/RUN: GenreFlow/3." };

    /// <summary>Reads the key.</summary>
    /// <exception cref="MetaflowException">There is no such file, or it is no key.</exception>
    public static SigningKey Read(ParseResult parsed)
    {
        var file = parsed.GetRequiredValue(Key);
        try
        {
            return SigningKey.FromPem(File.ReadAllText(file.FullName));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new MetaflowException($"The key cannot be read: {fault.Message}", fault);
        }
    }
}

/// <summary><c>sign</c>: signs what a run left.</summary>
internal sealed class SignCommand : Command
{
    public SignCommand()
        : base("sign", "Sign all that a run has left, so that 'verify' finds any change. The signature is kept with the run.")
    {
        Arguments.Add(KeyOptions.Run);
        Options.Add(KeyOptions.Key);
        ClientOptions.AddTo(this);
        SetAction((parsed, cancellationToken) =>
        {
            using var key = KeyOptions.Read(parsed);
            using var client = ClientOptions.Open(parsed);
            var report = RunSignature.Sign(ObjectFinder.Run(client, parsed.GetRequiredValue(KeyOptions.Run)), key, cancellationToken);
            if (parsed.GetValue(StoreOptions.Json))
            {
                VerifySignatureCommand.WriteJson(parsed.InvocationConfiguration.Output, report);
            }
            else
            {
                parsed.InvocationConfiguration.Output.WriteLine($"signed {report.Run} with key {report.KeyId[..16]}, root {report.Root}");
            }

            return Task.FromResult(ExitCodes.Ok);
        });
    }
}

/// <summary><c>verify</c>: checks a signature and every byte that it covers.</summary>
internal sealed class VerifySignatureCommand : Command
{
    public VerifySignatureCommand()
        : base("verify", "Check that a run is what was signed, byte for byte, and name the places that are not.")
    {
        Arguments.Add(KeyOptions.Run);
        Options.Add(KeyOptions.Key);
        ClientOptions.AddTo(this);
        SetAction((parsed, cancellationToken) => Task.FromResult(Run(parsed, cancellationToken)));
    }

    /// <summary>Writes what was found as one object.</summary>
    public static void WriteJson(TextWriter output, SignatureReport report) => JsonOutput.Write(output, json =>
    {
        json.WriteString("run", report.Run);
        json.WriteBoolean("valid", report.IsValid);
        json.WriteString("key", report.KeyId);
        json.WriteString("root", report.Root);
        if (report.SignedAt is { } signed)
        {
            json.WriteString("signed", QueryDocuments.Time(signed));
        }

        json.WriteStartArray("problems");
        foreach (var problem in report.Problems)
        {
            json.WriteStartObject();
            json.WriteString("place", problem.Place);
            json.WriteString("message", problem.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("remarks");
        foreach (var remark in report.Remarks)
        {
            json.WriteStringValue(remark);
        }

        json.WriteEndArray();
    });

    private static int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var key = KeyOptions.Read(parsed);
        using var client = ClientOptions.Open(parsed);
        var report = Verify(client, parsed.GetRequiredValue(KeyOptions.Run), key, cancellationToken);
        var output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(StoreOptions.Json))
        {
            WriteJson(output, report);
            return report.IsValid ? ExitCodes.Ok : ExitCodes.Failed;
        }

        foreach (var problem in report.Problems)
        {
            output.WriteLine($"{problem.Place}: {problem.Message}.");
        }

        foreach (var remark in report.Remarks)
        {
            output.WriteLine(remark);
        }

        output.WriteLine(report.IsValid
            ? $"{report.Run} is what was signed with key {report.KeyId[..16]} at {report.SignedAt:u}."
            : $"{report.Run} is NOT what was signed with key {report.KeyId[..16]}.");
        return report.IsValid ? ExitCodes.Ok : ExitCodes.Failed;
    }

    private static SignatureReport Verify(MetaflowClient client, string path, SigningKey key, CancellationToken cancellationToken)
    {
        try
        {
            return RunSignature.Verify(ObjectFinder.Run(client, path), key, cancellationToken);
        }
        catch (CorruptDataException)
        {
            // A run whose records cannot be read is found by its exact name.
            var exact = ObjectPath.Parse(path, parts: 2);
            return RunSignature.Verify(client, exact.Flow, exact.RunId, key, cancellationToken);
        }
    }
}

/// <summary><c>keygen</c>: makes a key.</summary>
internal sealed class KeygenCommand : Command
{
    private static readonly Argument<FileInfo> Target = new("FILE")
    {
        Description = "Where the private key goes, readable only by you; the public one goes to FILE.pub. Neither may exist.",
    };

    public KeygenCommand()
        : base("keygen", "Make a key to sign runs with: ECDSA on the curve P-256, as PEM.")
    {
        Arguments.Add(Target);
        SetAction(parsed =>
        {
            var (secret, open) = (parsed.GetRequiredValue(Target).FullName, parsed.GetRequiredValue(Target).FullName + ".pub");
            using var key = SigningKey.Create();
            Write(open, key.ToPublicPem(), isSecret: false);
            Write(secret, key.ToPrivatePem(), isSecret: true);
            parsed.InvocationConfiguration.Output.WriteLine($"made key {key.Id[..16]}: sign with {secret}, verify with {open}");
            return ExitCodes.Ok;
        });
    }

    private static void Write(string path, string text, bool isSecret)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (isSecret && !OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            using var writer = new StreamWriter(path, options);
            writer.Write(text);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new MetaflowException($"The key cannot be written: {fault.Message}", fault);
        }
    }
}
