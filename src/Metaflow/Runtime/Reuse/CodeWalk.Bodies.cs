using System.Globalization;
using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Metaflow.Runtime.Reuse;

/// <summary>Writes down methods and types, and follows what they name.</summary>
internal sealed partial class CodeWalk
{
    /// <summary>Attributes that change when a step runs, or where, but not what it makes.</summary>
    private static readonly HashSet<string> WithoutEffect = new(StringComparer.Ordinal)
    {
        "Metaflow.RetryAttribute", "Metaflow.TimeoutAttribute", "Metaflow.ResourcesAttribute", "Metaflow.ConcurrencyAttribute",
        "Metaflow.ExitHookAttribute", "Metaflow.NoReuseAttribute", "Metaflow.DependsOnAttribute", "Metaflow.StepAttribute",
        "Metaflow.Definitions.FlowGraphAttribute",
    };

    private void Write(CodeMethod method)
    {
        var name = NameOf(method);
        var definition = method.Definition;
        var signature = definition.DecodeSignature(Texts(method.Module, static _ => { }), null);
        _text.Append(CultureInfo.InvariantCulture, $"method {name}({TypeTexts.Parameters(signature)}){signature.ReturnType.Text} {(int)definition.Attributes:x} {(int)definition.ImplAttributes:x}\n");
        WriteAttributes(method.Module, definition.GetCustomAttributes());
        if (definition.Attributes.HasFlag(MethodAttributes.PinvokeImpl))
        {
            Outside ??= $"it calls native code: {universe.NameOf(method.Type)}.{method.Name}";
        }

        if (method.Module.Body(definition) is { } body)
        {
            WriteBody(method, body);
        }

        Finish($"{universe.NameOf(method.Type)}.{method.Name}");
    }

    private void WriteBody(CodeMethod method, MethodBodyBlock body)
    {
        var module = method.Module;
        if (!body.LocalSignature.IsNil)
        {
            var locals = module.Reader.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(Texts(module, static _ => { }), null);
            _text.Append(CultureInfo.InvariantCulture, $"locals {string.Join(',', locals.Select(local => local.Text))} {body.LocalVariablesInitialized}\n");
        }

        foreach (var region in body.ExceptionRegions)
        {
            var caught = region.CatchType.IsNil ? "" : CodeUniverse.Resolve(Texts(module, Meet), module, region.CatchType).Text;
            _text.Append(CultureInfo.InvariantCulture, $"{region.Kind} {region.TryOffset} {region.TryLength} {region.HandlerOffset} {region.HandlerLength} {region.FilterOffset} {caught}\n");
        }

        var instructions = Instructions.Read(body);
        for (var i = 0; i < instructions.Count; i++)
        {
            while (DefaultOfParameter(method, instructions, i) is > 0 and var skipped)
            {
                i += skipped;
            }

            var instruction = instructions[i];
            _text.Append(CultureInfo.InvariantCulture, $"{(ushort)instruction.Code.Value:x} ");
            switch (instruction.Code.OperandType)
            {
                case OperandType.InlineString:
                    var text = module.Reader.GetUserString((UserStringHandle)MetadataTokens.Handle(instruction.Token));
                    _text.Append(CultureInfo.InvariantCulture, $"{text.Length}:{text}");
                    break;
                case OperandType.InlineSig:
                    Widen($"{universe.NameOf(method.Type)}.{method.Name} calls through a pointer");
                    break;
                case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType:
                    var isNameOnly = instruction.Code.Value == OpCodes.Ldftn.Value && NamesAStep(module, instructions, i);
                    WriteToken(method, instruction, isNameOnly);
                    break;
                default:
                    _text.Append(Convert.ToHexStringLower(instruction.Operand.Span));
                    break;
            }

            _text.Append('\n');
        }
    }

    /// <summary>
    /// How many instructions set a parameter's constant default: what counts is the value that the run has, and that only
    /// for steps that read it.
    /// </summary>
    private int DefaultOfParameter(CodeMethod method, List<Instruction> instructions, int at)
    {
        const int Length = 3;
        if (method.Name != ".ctor" || at + Length >= instructions.Count || instructions[at].Code.Value != OpCodes.Ldarg_0.Value
            || instructions[at + 1].Code is not { FlowControl: FlowControl.Next, StackBehaviourPop: StackBehaviour.Pop0 } constant
            || !(constant.Name!.StartsWith("ldc.", StringComparison.Ordinal) || constant.Value == OpCodes.Ldstr.Value)
            || instructions[at + 2].Code.Value != OpCodes.Stfld.Value
            || instructions[at + 2].Handle is not { Kind: HandleKind.FieldDefinition } handle || !IsFlow(method.Type))
        {
            return 0;
        }

        var name = new CodeField(method.Module, (FieldDefinitionHandle)handle).Name;
        return name.EndsWith(">k__BackingField", StringComparison.Ordinal)
            && Properties([method.Type], "Metaflow.ParameterAttribute").Contains(name[1..name.IndexOf('>', StringComparison.Ordinal)], StringComparer.Ordinal)
            ? Length
            : 0;
    }

    private void WriteToken(CodeMethod method, in Instruction instruction, bool isNameOnly)
    {
        var (module, handle) = (method.Module, instruction.Handle);
        switch (handle.Kind)
        {
            case HandleKind.MethodDefinition:
                WriteCall(new(module, (MethodDefinitionHandle)handle), isNameOnly);
                break;
            case HandleKind.MethodSpecification:
                var specification = module.Reader.GetMethodSpecification((MethodSpecificationHandle)handle);
                var arguments = specification.DecodeSignature(Texts(module, Meet), null);
                _text.Append(CultureInfo.InvariantCulture, $"<{string.Join(',', arguments.Select(argument => argument.Text))}>");
                if (specification.Method.Kind == HandleKind.MethodDefinition)
                {
                    WriteCall(new(module, (MethodDefinitionHandle)specification.Method), isNameOnly);
                }
                else
                {
                    WriteMember(method, (MemberReferenceHandle)specification.Method, [.. arguments]);
                }

                break;
            case HandleKind.MemberReference:
                WriteMember(method, (MemberReferenceHandle)handle, []);
                break;
            case HandleKind.FieldDefinition:
                WriteField(new(module, (FieldDefinitionHandle)handle));
                break;
            default:
                var type = CodeUniverse.Resolve(Texts(module, Meet), module, handle);
                if (instruction.Code.OperandType == OperandType.InlineTok && type.Type is { } named && IsFlow(named) && !IsEntry(method))
                {
                    Widen($"{universe.NameOf(method.Type)}.{method.Name} hands the type of a flow on");
                }

                _text.Append(type.Text);
                break;
        }
    }

    private void WriteCall(CodeMethod called, bool isNameOnly)
    {
        var signature = called.Definition.DecodeSignature(Texts(called.Module, static _ => { }), null);
        _text.Append(CultureInfo.InvariantCulture, $"{NameOf(called)}({TypeTexts.Parameters(signature)})");
        if (isNameOnly)
        {
            return;
        }

        Add(called);
        if (!called.Definition.Attributes.HasFlag(MethodAttributes.Static))
        {
            Meet(called.Type);
        }
    }

    private void WriteField(CodeField field)
    {
        _text.Append(NameOf(field));
        Meet(field);
        if (field.Definition.Attributes.HasFlag(FieldAttributes.HasFieldRVA))
        {
            var size = field.Definition.DecodeSignature(Texts(field.Module, static _ => { }), null) is { Type: { } laidOut }
                ? laidOut.Definition.GetLayout().Size
                : sizeof(long);
            _text.Append(Convert.ToHexStringLower(field.Module.Data(field.Definition, size)));
        }
    }

    private void WriteMember(CodeMethod caller, MemberReferenceHandle handle, IReadOnlyList<TypeText> arguments)
    {
        var module = caller.Module;
        var member = module.Reader.GetMemberReference(handle);
        var name = module.Reader.GetString(member.Name);
        var owner = member.Parent.Kind == HandleKind.MethodDefinition ? default : CodeUniverse.Resolve(Texts(module, Meet), module, member.Parent);
        _text.Append(CultureInfo.InvariantCulture, $"{owner.Text}::{name}");
        if (member.GetKind() == MemberReferenceKind.Field)
        {
            _text.Append(CultureInfo.InvariantCulture, $" {member.DecodeFieldSignature(Texts(module, static _ => { }), null).Text}");
            foreach (var field in owner.Type is { } declaring ? universe.Fields(declaring, name) : [])
            {
                WriteField(field);
            }

            return;
        }

        var signature = member.DecodeMethodSignature(Texts(module, static _ => { }), null);
        _text.Append(CultureInfo.InvariantCulture, $"({TypeTexts.Parameters(signature)}){signature.ReturnType.Text}");
        if (owner.Type is { } own)
        {
            foreach (var called in universe.Methods(own, name, signature.ParameterTypes.Length))
            {
                WriteCall(called, isNameOnly: false);
            }

            return;
        }

        Judge(caller, new(owner.FullName ?? "", name, signature.ParameterTypes.FirstOrDefault().Text, arguments));
    }

    /// <summary>A step in <c>Next(Step)</c> is only named; called in any other way it belongs to the code.</summary>
    private bool NamesAStep(CodeModule module, List<Instruction> instructions, int at)
    {
        if (instructions[at].Handle is not { Kind: HandleKind.MethodDefinition } handle || !IsStep(new(module, (MethodDefinitionHandle)handle)))
        {
            return false;
        }

        foreach (var instruction in instructions.Skip(at + 1))
        {
            if (instruction.Code.FlowControl is FlowControl.Return or FlowControl.Throw or FlowControl.Branch or FlowControl.Cond_Branch)
            {
                return false;
            }

            if (instruction.Code.OperandType != OperandType.InlineMethod || instruction.Code.Value == OpCodes.Ldftn.Value)
            {
                continue;
            }

            var (owner, name) = Target(module, instruction.Handle);
            if (owner is "Metaflow.FlowSpec" && name is "Next" or "NextForEach")
            {
                return true;
            }

            if (owner == "Metaflow.JoinInputs`1" && name == "get_Item")
            {
                return true;
            }

            if (!owner.StartsWith("System.Func`", StringComparison.Ordinal) && !owner.StartsWith("System.Action", StringComparison.Ordinal)
                && !owner.StartsWith("System.ReadOnlySpan`", StringComparison.Ordinal) && owner != "<PrivateImplementationDetails>")
            {
                return false;
            }

            if (name == "Invoke")
            {
                return false;
            }
        }

        return false;
    }

    private (string Owner, string Name) Target(CodeModule module, EntityHandle handle)
    {
        if (handle.Kind == HandleKind.MethodSpecification)
        {
            handle = module.Reader.GetMethodSpecification((MethodSpecificationHandle)handle).Method;
        }

        if (handle.Kind == HandleKind.MethodDefinition)
        {
            var method = new CodeMethod(module, (MethodDefinitionHandle)handle);
            return (universe.NameOf(method.Type), method.Name);
        }

        var member = module.Reader.GetMemberReference((MemberReferenceHandle)handle);
        var owner = CodeUniverse.Resolve(Texts(module, static _ => { }), module, member.Parent);
        return (owner.Type is { } own ? universe.NameOf(own) : owner.FullName ?? "", module.Reader.GetString(member.Name));
    }

    private bool IsEntry(CodeMethod method)
    {
        if (method.Module.EntryPoint is not { } entry)
        {
            return false;
        }

        var start = universe.NameOf(new CodeMethod(method.Module, entry).Type);
        var name = universe.NameOf(method.Type);
        return name == start || name.StartsWith(start + "+", StringComparison.Ordinal);
    }
}
