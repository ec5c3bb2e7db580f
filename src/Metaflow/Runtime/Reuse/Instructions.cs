using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Metaflow.Runtime.Reuse;

/// <summary>An instruction of a method's body.</summary>
/// <param name="Code">What it does.</param>
/// <param name="Token">The member, type or text that it names; nil if none.</param>
/// <param name="Operand">Its other operand, as it stands.</param>
internal readonly record struct Instruction(OpCode Code, int Token, ReadOnlyMemory<byte> Operand)
{
    public EntityHandle Handle => MetadataTokens.EntityHandle(Token);
}

/// <summary>Reads method bodies.</summary>
internal static class Instructions
{
    private static readonly OpCode?[] OneByte = new OpCode?[256];
    private static readonly OpCode?[] TwoBytes = new OpCode?[256];

    static Instructions()
    {
        foreach (var field in typeof(OpCodes).GetFields())
        {
            var code = (OpCode)field.GetValue(null)!;
            (code.Size == 1 ? OneByte : TwoBytes)[code.Value & 0xFF] = code;
        }
    }

    /// <exception cref="BadImageFormatException">The bytes are no instructions.</exception>
    public static List<Instruction> Read(MethodBodyBlock body)
    {
        var bytes = body.GetILBytes()!;
        var instructions = new List<Instruction>();
        for (var at = 0; at < bytes.Length;)
        {
            var code = (bytes[at] == 0xFE ? TwoBytes[bytes[at + 1]] : OneByte[bytes[at]]) ?? throw new BadImageFormatException("An instruction is not known.");
            at += code.Size;
            var length = code.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(bytes, at)),
                _ => 4,
            };
            var isToken = code.OperandType is OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineSig
                or OperandType.InlineString or OperandType.InlineTok or OperandType.InlineType;
            instructions.Add(new(code, isToken ? BitConverter.ToInt32(bytes, at) : 0, isToken ? default : bytes.AsMemory(at, length)));
            at += length;
        }

        return instructions;
    }
}
